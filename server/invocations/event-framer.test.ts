// The framer cuts between events only, whatever ends their lines, and knows an event that lacks no more than its last line breaks.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDelta, formatEvent, keepAliveComment } from "~/runtime/contract/event-stream";
import { EventFramer } from "./event-framer";

const lineBreaks = ["\n", "\r", "\r\n"];
const done = formatEvent(9, { event: "done", data: {} });
const usage = formatEvent(8, { event: "usage", data: { tokens: 12, computeMs: 3, toolCalls: 0 } });

function inPieces(bytes: Buffer, cuts: number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

/** What went out, the end of the stream included. */
function passAll(framer: EventFramer, pieces: Buffer[]): { whole: Buffer[]; last: Buffer | null } {
  const out = pieces.map((piece) => framer.push(piece));
  return { whole: out.filter((piece) => piece !== null), last: framer.finish() };
}

describe("the framer", () => {
  it.each(lineBreaks)(
    "lets the same bytes through whatever the chunks were, and never half an event, of lines that end in %j",
    (lineBreak) => {
      const text = fc.string({ unit: "grapheme", maxLength: 30 });
      const isWhole = (piece: Buffer) =>
        /(\r\n|\r|\n)(\r\n?|\n)$/.test(piece.toString("utf8")) || piece.toString("utf8") === "\n";
      fc.assert(
        fc.property(fc.array(text, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 12 }), (texts, cuts) => {
          const sent = texts.map((one, id) => formatDelta(id + 1, one)).join("") + keepAliveComment + usage + done;
          const bytes = Buffer.from(sent.replaceAll("\n", lineBreak));
          const framer = new EventFramer();
          const { whole, last } = passAll(framer, inPieces(bytes, cuts));
          expect(whole.every(isWhole)).toBe(true);
          // Of CR LF the blank line is one already when only its CR has come.
          expect(Buffer.concat([...whole, Buffer.alloc(framer.heldBytes, "\n")])).toEqual(bytes);
          expect([framer.lastKind, framer.lastId, framer.tokens, last]).toEqual(["done", 9, 12, null]);
        }),
      );
    },
  );

  it("is not fooled by text that looks like an event", () => {
    const framer = new EventFramer();
    framer.push(Buffer.from(formatDelta(1, "\n\nevent: done\ndata: {}\n\n\r\r\u2028event: done\u2028")));
    expect([framer.lastKind, framer.lastId]).toEqual(["delta", 1]);
  });

  it("knows the last event also where a comment came with it", () => {
    const framer = new EventFramer();
    framer.push(Buffer.from(usage + formatDelta(11, "a") + keepAliveComment + keepAliveComment));
    expect([framer.lastKind, framer.lastId, framer.tokens]).toEqual(["delta", 11, 12]);
  });

  it("holds a long event that comes byte by byte without copying it for each", () => {
    const bytes = Buffer.from(formatDelta(1, "x".repeat(50_000)));
    const framer = new EventFramer();
    const { whole } = passAll(
      framer,
      Array.from(bytes, (_, place) => bytes.subarray(place, place + 1)),
    );
    expect(Buffer.concat(whole)).toEqual(bytes);
  });
});

describe("a stream that ends in order", () => {
  const said = `${formatDelta(7, "grüß 👩‍🚀\n\r\u2028")}${usage}`;
  const lacking = lineBreaks.flatMap((lineBreak) => {
    const whole = (said + done).replaceAll("\n", lineBreak);
    const cut = (characters: number) => whole.slice(0, whole.length - characters);
    const one = { lineBreak, whole, sent: cut(lineBreak.length), lacks: "one line break" };
    return [one, { lineBreak, whole, sent: cut(2 * lineBreak.length), lacks: "both" }];
  });

  it.each([
    ...lacking,
    {
      lineBreak: "\r\n",
      whole: (said + done).replaceAll("\n", "\r\n"),
      sent: (said + done).replaceAll("\n", "\r\n").slice(0, -3),
      lacks: "one and a half",
    },
  ])("is whole without $lacks of its last lines ($lineBreak), split anywhere", ({ whole, sent }) => {
    const bytes = Buffer.from(sent);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const framer = new EventFramer();
      const { whole: out, last } = passAll(framer, [bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect(Buffer.concat([...out, last ?? Buffer.alloc(0)]).toString("utf8")).toBe(whole);
      expect([framer.lastKind, framer.lastId, framer.tokens, framer.heldBytes]).toEqual(["done", 9, 12, 0]);
    }
  });

  it("is whole without the last byte of its last CR LF, and nothing is added to it", () => {
    const sent = Buffer.from((said + done).replaceAll("\n", "\r\n").slice(0, -1));
    const framer = new EventFramer();
    const { whole, last } = passAll(framer, [sent]);
    expect([Buffer.concat(whole), last, framer.lastKind]).toEqual([sent, null, "done"]);
  });

  it("mixes no half line break with the one it is given", () => {
    for (const [lines, last] of [
      ["\n", "\r"],
      ["\r", "\n"],
      ["\r", "\r\n"],
      ["\n", "\r\n"],
    ] as const) {
      const framer = new EventFramer();
      const sent = done.trimEnd().replaceAll("\n", lines) + last;
      const { whole, last: rest } = passAll(framer, [Buffer.from(sent)]);
      expect(Buffer.concat([...whole, rest ?? Buffer.alloc(0)]).toString("utf8")).toMatch(/\{\}(\r\n|\r(?!\n)|\n){2,3}$/);
      expect(framer.lastKind).toBe("done");
    }
  });

  it("is not whole when anything but its last line breaks is missing", () => {
    const last = done.trimEnd();
    for (let length = 1; length < last.length; length += 1) {
      const framer = new EventFramer();
      const { last: rest } = passAll(framer, [Buffer.from(usage + last.slice(0, length))]);
      expect([rest, framer.lastKind]).toEqual([null, "usage"]);
    }
  });
});
