// A script's answer is whole when its last frame is, with or without the line break behind it.
import { expect, it } from "vitest";
import type { AgentFrame } from "~/runtime/contract/agent-frames";
import { readFrames } from "./read-frames";

const words = '"grüß 👩‍🚀"\n';
const used = '{"usage":{"tokens":3,"toolCalls":1}}';

async function framesOf(pieces: Buffer[], broken?: Error): Promise<AgentFrame[]> {
  const body = async function* () {
    yield* pieces;
    if (broken) throw broken;
  };
  const frames: AgentFrame[] = [];
  for await (const frame of readFrames({ contentType: "application/x-ndjson", body: body() })) frames.push(frame);
  return frames;
}

it.each(["", "\n", "\r", "\r\n"])("is whole when its last frame ends with %j, split anywhere", async (last) => {
  const bytes = Buffer.from(words + used + last);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const frames = await framesOf([bytes.subarray(0, cut), bytes.subarray(cut)]);
    expect(frames).toEqual(["grüß 👩‍🚀", { usage: { tokens: 3, toolCalls: 1 } }]);
  }
});

it("is not whole when its last frame is not, or when it broke behind it", async () => {
  for (let length = 0; length < used.length; length += 1) {
    await expect(framesOf([Buffer.from(words + used.slice(0, length))])).rejects.toThrow("before it was finished");
  }
  await expect(framesOf([Buffer.from(words + used)], new Error("reset"))).rejects.toMatchObject({ code: "RUNTIME_ERROR" });
});
