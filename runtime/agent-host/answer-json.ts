// A call's answer as one JSON object: collected, masked, sent when it is whole.
import type { ServerResponse } from "node:http";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import type { InvokeResponse } from "~/runtime/contract/invoke";
import type { MaskCompiler } from "~/runtime/redaction/mask-text";
import type { CallOutcome } from "./call-agent";
import type { HeldAnswer } from "./held-answers";
import { jsonSlices, sliceUnits } from "./json-slices";
import { jsonHeaders, sendError, sendJson } from "./send-json";

export type Answer = {
  onText(text: string): boolean;
  /** Resolves when all of it was handed over. */
  end(outcome: CallOutcome): Promise<void>;
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
    async end(outcome) {
      if (outcome.kind === "aborted") response.destroy();
      else if (outcome.kind === "failed") sendError(response, outcome.error, outcome.usage);
      else if (text.length <= sliceUnits) sendJson(response, 200, answerOf(call, mask.mask(text), outcome.usage));
      else await sendLong(response, jsonSlices(mask.open(), text, true), answerOf(call, "", outcome.usage));
    },
  };
}

function answerOf({ sessionId, traceId }: HostInvocation, text: string, usage: InvokeResponse["usage"]): InvokeResponse {
  return { output: { text }, sessionId, usage, traceId };
}

/** It is whole already: nothing can go wrong any more but that nobody is left to take it. */
async function sendLong(
  response: ServerResponse,
  slices: AsyncIterable<string>,
  { output: _, ...rest }: InvokeResponse,
): Promise<void> {
  response.writeHead(200, jsonHeaders);
  response.write('{"output":{"text":"');
  for await (const slice of slices) {
    if (response.destroyed) return;
    if (!response.write(slice)) await taken(response);
  }
  response.end(`"},${JSON.stringify(rest).slice(1)}`);
}

function taken(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      response.off("drain", settle).off("close", settle);
      resolve();
    };
    response.on("drain", settle).on("close", settle);
    if (response.destroyed) settle();
  });
}
