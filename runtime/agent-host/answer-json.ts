// A call's answer as one JSON object: collected, masked, sent when it is whole.
import type { ServerResponse } from "node:http";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import type { InvokeResponse } from "~/runtime/contract/invoke";
import type { MaskCompiler } from "~/runtime/redaction/mask-text";
import type { CallOutcome } from "./call-agent";
import { sendError, sendJson } from "./send-json";

export type Answer = {
  onText(text: string): boolean;
  end(outcome: CallOutcome): void;
};

export function answerJson(response: ServerResponse, call: HostInvocation, mask: MaskCompiler): Answer {
  let text = "";
  return {
    onText(added) {
      text += added;
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
