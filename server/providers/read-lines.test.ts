// Lines out of bytes that a customer's code had a hand in: whole characters, a bound, and a cost that grows with the bytes alone.
import { expect, it } from "vitest";
import { readLines } from "./read-lines";

class TooLong extends Error {}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer, void, undefined> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function linesOf(text: string, size: number, bytesMax = 100_000_000): Promise<string[]> {
  const lines: string[] = [];
  const body = inPieces(Buffer.from(text, "utf8"), size);
  for await (const line of readLines(body, { bytesMax, tooLong: () => new TooLong(), isWhole: (rest) => rest === "whole" }))
    lines.push(line);
  return lines;
}

it.each([1, 2, 3, 7, 4_096])("says the same lines in pieces of %i bytes, and no half one", async (size) => {
  expect(await linesOf('"grüße"\n\n"🙂🙂"\nhalf', size)).toEqual(['"grüße"', "", '"🙂🙂"']);
});

it.each([1, 2, 4_096])("says a last line without its end that is whole, in pieces of %i bytes", async (size) => {
  expect(await linesOf("first\nwhole", size)).toEqual(["first", "whole"]);
});

it("gives up on a line that is too long, with an end or without one", async () => {
  expect(await linesOf(`${"x".repeat(10)}\n`, 4, 10)).toEqual(["x".repeat(10)]);
  await expect(linesOf("x".repeat(11), 4, 10)).rejects.toThrow(TooLong);
  await expect(linesOf(`${"x".repeat(11)}\n`, 64, 10)).rejects.toThrow(TooLong);
});

it("one line of 8 MB in small pieces costs about what 8 MB of short lines cost", async () => {
  const characters = 8_000_000;
  const cost = async (text: string) => {
    const before = process.cpuUsage();
    await linesOf(text, 4_096);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const short = await cost(`${"x".repeat(99)}\n`.repeat(characters / 100));
  const long = await cost(`${"x".repeat(characters)}\n`);
  // By joining what was held with each piece it was more than a hundred times as much.
  expect(long / short).toBeLessThan(10);
});
