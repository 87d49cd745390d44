// Frames are the same whatever pieces they come in, and what is no frame is refused before anything is held for it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  FrameFault,
  FrameReader,
  formatFrame,
  formatTaken,
  frameBytesMax,
  frameKinds,
  laneMax,
  readTaken,
} from "./event-channel";

type Frame = [kind: number, lane: number, content: string];

function readerOf(): { reader: FrameReader; frames: Frame[] } {
  const frames: Frame[] = [];
  const reader = new FrameReader((kind, lane, content) => void frames.push([kind, lane, content.toString("hex")]));
  return { reader, frames };
}

const frame = fc.record({
  kind: fc.constantFrom(frameKinds.began, frameKinds.events, frameKinds.ended, frameKinds.broken, frameKinds.left),
  lane: fc.integer({ min: 0, max: laneMax }),
  bytes: fc.uint8Array({ maxLength: 40 }),
});

describe("frames of a channel", () => {
  it("arrive as they were sent, cut anywhere", () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), fc.array(fc.nat(600), { maxLength: 20 }), (said, cuts) => {
        const sent = said.map(({ kind, lane, bytes }): [number, number, Buffer] => [
          kind,
          lane,
          kind === frameKinds.events ? Buffer.from(bytes) : Buffer.alloc(0),
        ]);
        const whole = Buffer.concat(sent.map(([kind, lane, content]) => formatFrame(kind, lane, content)));
        const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
        const { reader, frames } = readerOf();
        for (const [place, end] of places.slice(1).entries()) reader.push(whole.subarray(places[place], end));
        expect(frames).toEqual(sent.map(([kind, lane, content]) => [kind, lane, content.toString("hex")]));
      }),
    );
  });

  it("arrive byte by byte, the largest too", () => {
    const { reader, frames } = readerOf();
    const whole = Buffer.concat([
      formatFrame(frameKinds.events, 7, "x".repeat(frameBytesMax)),
      formatTaken(laneMax, 0xffff_ffff),
    ]);
    for (const byte of whole) reader.push(Buffer.from([byte]));
    expect(frames.map(([kind, lane, content]) => [kind, lane, content.length / 2])).toEqual([
      [frameKinds.events, 7, frameBytesMax],
      [frameKinds.taken, laneMax, 4],
    ]);
    expect(readTaken(Buffer.from(frames[1]?.[2] ?? "", "hex"))).toBe(0xffff_ffff);
  });

  it("count text in bytes, not in characters", () => {
    const { reader, frames } = readerOf();
    reader.push(formatFrame(frameKinds.events, 1, "grüß 👩‍🚀"));
    expect(Buffer.from(frames[0]?.[2] ?? "", "hex").toString("utf8")).toBe("grüß 👩‍🚀");
  });

  it.each([
    ["of kind 0", [0, 0, 0, 0, 1, 0, 0, 0, 0]],
    ["of a kind that nobody knows", [7, 0, 0, 0, 1, 0, 0, 0, 0]],
    ["larger than any may be", [frameKinds.events, 0, 0, 0, 1, 0, 1, 0, 1]],
    ["that claims four gigabytes", [frameKinds.events, 0, 0, 0, 1, 255, 255, 255, 255]],
    ["with content that its kind has not", [frameKinds.ended, 0, 0, 0, 1, 0, 0, 0, 1]],
    ["that begins an answer of HTTP", [...Buffer.from("HTTP/1.1 ")]],
  ])("%s are refused by their head alone, also after sound ones", (_what, head) => {
    const { reader, frames } = readerOf();
    reader.push(formatFrame(frameKinds.events, 1, "sound"));
    reader.push(Buffer.from(head.slice(0, 8)));
    expect(() => reader.push(Buffer.from(head.slice(8)))).toThrow(FrameFault);
    expect(frames).toHaveLength(1);
  });

  it("that say how much was taken in another size than four bytes are refused", () => {
    for (const size of [0, 3]) expect(() => readTaken(Buffer.alloc(size))).toThrow(FrameFault);
  });
});
