// Lines are the same however the bytes arrive.
import fc from "fast-check";
import { expect, it } from "vitest";
import { createLineSplitter } from "./split-lines";

function linesOf(chunks: Buffer[], bytesMax = 1_000_000): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter(bytesMax, (line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

it("puts characters together again that were cut between chunks", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme" }).map((line) => line.replaceAll("\n", ""))),
      fc.integer({ min: 1, max: 7 }),
      (lines, size) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, part) =>
          bytes.subarray(part * size, (part + 1) * size),
        );
        expect(linesOf(chunks)).toEqual(lines);
      },
    ),
  );
});

it("hands over what follows the last line break at the end", () => {
  expect(linesOf([Buffer.from("a\nb")])).toEqual(["a", "b"]);
});

it("does not collect a line without end", () => {
  expect(linesOf([Buffer.alloc(40, "x"), Buffer.alloc(40, "x"), Buffer.alloc(40, "x")], 50).map((line) => line.length)).toEqual([
    80, 40,
  ]);
});
