// What a process at AWS says is whole when its last frame is, with or without the line breaks behind it.
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { formatNodeFrame, type NodeFrame } from "~/runtime/contract/node-protocol";
import { readFrames } from "./read-frames";

const said: NodeFrame[] = [{ begun: true }, "grüß 👩‍🚀", { usage: { tokens: 3, toolCalls: 1 } }];
const whole = said.map(formatNodeFrame).join("");

async function framesOf(pieces: Buffer[], broken?: Error): Promise<NodeFrame[]> {
  const frames: NodeFrame[] = [];
  async function* body() {
    yield* pieces;
    if (broken) throw broken;
  }
  for await (const frame of readFrames(Readable.from(body()))) frames.push(frame);
  return frames;
}

it.each(["", "\n", "\r", "\r\n", "\r\n\r\n", "\n\n"])(
  "is whole when its last frame ends with %j, split anywhere",
  async (last) => {
    const bytes = Buffer.from(whole.trimEnd() + last);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(await framesOf([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(said);
    }
  },
);

it("says nothing of a frame that is not whole, and breaks where the answer did", async () => {
  const bytes = whole.trimEnd();
  const before = bytes.lastIndexOf("data: ");
  for (let length = before; length < bytes.length; length += 1) {
    expect(await framesOf([Buffer.from(bytes.slice(0, length))])).toEqual(said.slice(0, 2));
  }
  await expect(framesOf([Buffer.from(bytes)], new Error("reset"))).rejects.toThrow("reset");
});
