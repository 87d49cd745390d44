// Chunks are taken one after the other, in the turn in which they come, and whatever ends the taking ends the stream.
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { takeEach } from "./take-each";

/** The stream hears of its listener one turn later. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function open(): Readable {
  return new Readable({ read: () => undefined });
}

it("a chunk is taken before whoever sent it goes on", async () => {
  const stream = open();
  const taken: string[] = [];
  const end = takeEach(stream, (chunk) => {
    taken.push(chunk.toString());
    return null;
  });
  await nextTurn();
  stream.push("one");
  expect(taken).toEqual(["one"]);
  stream.push("two");
  expect(taken).toEqual(["one", "two"]);
  stream.push(null);
  await end;
});

it("no chunk is taken while the one before is waited for, and none is lost", async () => {
  const stream = open();
  const taken: string[] = [];
  let letGo = () => {};
  const waiting = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const end = takeEach(stream, (chunk) => {
    taken.push(chunk.toString());
    return taken.length === 1 ? waiting : null;
  });
  await nextTurn();
  for (const chunk of ["one", "two", "three", null]) stream.push(chunk);
  await nextTurn();
  expect(taken).toEqual(["one"]);
  letGo();
  await end;
  expect(taken.join(" ")).toMatch(/^one (two three|twothree)$/);
});

it.each([
  [
    "throws",
    () => {
      throw new Error("Enough.");
    },
  ],
  ["waits for what fails", () => Promise.reject(new Error("Enough."))],
])("whoever %s ends the stream, and is told why", async (_what, take) => {
  const stream = open();
  const end = takeEach(stream, take);
  stream.push("one");
  await expect(end).rejects.toThrow("Enough.");
  expect(stream.destroyed).toBe(true);
});

it("a stream that breaks, is destroyed, or had been before, is told as such", async () => {
  const [broken, left, gone] = [open(), open(), open()];
  const before = gone.destroy();
  const ends = [broken, left, before].map((stream) => takeEach(stream, () => null));
  broken.destroy(new Error("It broke."));
  left.destroy();
  expect(await Promise.allSettled(ends)).toMatchObject([
    { status: "rejected", reason: { message: "It broke." } },
    { status: "rejected", reason: { code: "ERR_STREAM_PREMATURE_CLOSE" } },
    { status: "rejected", reason: { code: "ERR_STREAM_PREMATURE_CLOSE" } },
  ]);
});
