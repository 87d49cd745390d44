// The lines by which two texts differ, within bounds of time and size; what is shown is masked, what is compared is not.
import { structuredPatch } from "diff";
import { redactCode } from "~/server/redaction/redact-code";
import { redacted } from "~/server/redaction/redact-text";
import type { DiffLine } from "./compare.contract";

export type LineDiff = { added: number; removed: number; hunks: { lines: DiffLine[] }[]; isCut: boolean; isMasked: boolean };

/** Lines around a difference. */
const context = 3;
/** The comparison costs lines times differences: beyond these it is given up. */
const differencesMax = 2_000;
const timeoutMs = 100;
const lineCharactersMax = 1_000;

/** Null when the texts are too different to be worth a line by line account. An absent text is an empty one. */
export function compareLines(path: string, texts: { before: string; after: string }, linesMax: number): LineDiff | null {
  const hunks = hunksOf(path, texts);
  if (!hunks) return null;
  const sides = { before: redactCode(path, texts.before).split("\n"), after: redactCode(path, texts.after).split("\n") };
  const whole = hunks.map((hunk) => linesOf(hunk, sides));
  const all = whole.flat();
  const shown = cutTo(whole, linesMax);
  return {
    added: all.filter((line) => line.kind === "added").length,
    removed: all.filter((line) => line.kind === "removed").length,
    hunks: shown.map((lines) => ({ lines })),
    isCut: shown.flat().length < all.length,
    isMasked: shown.flat().some((line) => line.text.includes(redacted)),
  };
}

type Hunk = { oldStart: number; newStart: number; lines: readonly string[] };

function hunksOf(path: string, { before, after }: { before: string; after: string }): Hunk[] | null {
  if (before === "") return whole(after, "+");
  if (after === "") return whole(before, "-");
  const bounds = { context, maxEditLength: differencesMax, timeout: timeoutMs };
  return structuredPatch(path, path, before, after, "", "", bounds)?.hunks ?? null;
}

/** There is nothing to compare a new file with, so its length is no reason to give up. */
function whole(text: string, mark: "+" | "-"): Hunk[] {
  const lines = text.replace(/\n$/, "").split("\n");
  return text === "" ? [] : [{ oldStart: 1, newStart: 1, lines: lines.map((line) => mark + line) }];
}

type Sides = { before: readonly string[]; after: readonly string[] };

/** The library tells which lines; their text comes from the masked sides by number. */
function linesOf(hunk: Hunk, sides: Sides): DiffLine[] {
  let [before, after] = [hunk.oldStart, hunk.newStart];
  const lines: DiffLine[] = [];
  for (const { 0: mark } of hunk.lines) {
    if (mark === "-") lines.push({ kind: "removed", before, after: null, text: textAt(sides.before, before++) });
    if (mark === "+") lines.push({ kind: "added", before: null, after, text: textAt(sides.after, after++) });
    if (mark === " ") lines.push({ kind: "same", before: before++, after, text: textAt(sides.after, after++) });
  }
  return lines;
}

function textAt(lines: readonly string[], line: number): string {
  const text = (lines[line - 1] ?? "").replace(/\r$/, "");
  return text.length <= lineCharactersMax ? text : `${text.slice(0, lineCharactersMax)}…`;
}

function cutTo(hunks: readonly DiffLine[][], linesMax: number): DiffLine[][] {
  let left = linesMax;
  return hunks.flatMap((lines) => {
    const kept = lines.slice(0, Math.max(0, left));
    left -= lines.length;
    return kept.length > 0 ? [kept] : [];
  });
}
