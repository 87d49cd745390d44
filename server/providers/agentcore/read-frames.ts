// The frames of one answer as they come, in whatever pieces AWS hands the bytes over. Each line is bounded; what was not begun is no answer.
import type { Readable } from "node:stream";
import { type NodeFrame, parseNodeFrame } from "~/runtime/contract/node-protocol";

/** JSON may write one character in six; a session's values are the longest. */
const lineCharactersMax = 64_000_000;

/** Throws on what is not a frame. Ends without a word when the stream does. */
export async function* readFrames(body: Readable): AsyncGenerator<NodeFrame, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > lineCharactersMax) throw new RangeError("The agent answered a line without an end.");
    for (const line of lines) {
      const frame = parseNodeFrame(line);
      if (frame !== null) yield frame;
    }
  }
}
