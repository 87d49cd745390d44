// The frames of one answer as they come, in whatever pieces AWS hands the bytes over. Each line is bounded; what was not begun is no answer.
import type { Readable } from "node:stream";
import { type NodeFrame, parseNodeFrame } from "~/runtime/contract/node-protocol";
import { isJson } from "~/server/is-json";
import type { HeldAnswer } from "~/server/providers/held-answers";
import { readLines } from "~/server/providers/read-lines";

/** JSON may write one byte in six; a session's values are the longest. */
const bytesMax = 64_000_000;
/** As bytes, and as the text that is made of them. */
const timesHeld = 2;

/** Throws on what is not a frame. Ends without a word when the stream does. */
export async function* readFrames(body: Readable, held?: HeldAnswer): AsyncGenerator<NodeFrame, void, undefined> {
  const onHeld = (bytes: number) => held?.hold("line", bytes * timesHeld);
  for await (const line of readLines(body, { bytesMax, tooLong, isWhole, onHeld })) {
    const frame = parseNodeFrame(line);
    if (frame !== null) yield frame;
  }
}

const dataPrefix = "data: ";

function isWhole(rest: string): boolean {
  return rest.startsWith(dataPrefix) && isJson(rest.slice(dataPrefix.length));
}

function tooLong(): RangeError {
  return new RangeError("The agent answered a line without an end.");
}
