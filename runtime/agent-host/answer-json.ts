// A call's answer as one JSON object: collected, masked, sent when it is whole.
import type { ServerResponse } from "node:http";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import type { InvokeResponse } from "~/runtime/contract/invoke";
import type { MaskCompiler } from "~/runtime/redaction/mask-text";
import type { CallOutcome } from "./call-agent";
import type { HeldAnswer } from "./held-answers";
import { sendError, sendJson } from "./send-json";

export type Answer = {
  onText(text: string): boolean;
  end(outcome: CallOutcome): void;
};

export type JsonTarget = { call: HostInvocation; mask: MaskCompiler; held: HeldAnswer };

/** A unit of a text takes two bytes at most. */
const bytesPerUnit = 2;

export function answerJson(response: ServerResponse, { call, mask, held }: JsonTarget): Answer {
  let text = "";
  return {
    onText(added) {
      text += added;
      held.hold("text", text.length * bytesPerUnit);
      return true;
    },
    end(outcome) {
      if (outcome.kind === "aborted") response.destroy();
      else if (outcome.kind === "failed") sendError(response, outcome.error, outcome.usage);
      else sendJson(response, 200, answerOf(call, mask.mask(text), outcome.usage));
    },
  };
}

function answerOf({ sessionId, traceId }: HostInvocation, text: string, usage: InvokeResponse["usage"]): InvokeResponse {
  return { output: { text }, sessionId, usage, traceId };
}
