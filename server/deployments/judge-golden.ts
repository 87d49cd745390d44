// Whether a golden call ended as expected; if not, what differed, in few words and without credentials. Pure.
import { expectsError, type GoldenExpectation } from "~/server/bundles/golden.contract";
import { readGoldenPattern } from "~/server/bundles/golden-pattern";
import { redactText } from "~/server/redaction/redact-text";
import { toStorableText } from "~/server/storable-text";

export type GoldenEnding = { durationMs: number } & ({ text: string } | { errorCode: string; message: string });

/** What an agent said is its customers' matter: enough of it to see the difference, and no more. */
const quotedCharacters = 40;
const differenceCharactersMax = 400;

/** Null when everything is as expected. */
export function judgeGolden(expect: GoldenExpectation, ending: GoldenEnding): string | null {
  const differences = "text" in ending ? judgeAnswer(expect, ending.text) : judgeError(expect, ending);
  if (expect.maxMs !== undefined && ending.durationMs > expect.maxMs) {
    differences.push(`it took ${ending.durationMs} ms, and at most ${expect.maxMs} were expected`);
  }
  if (differences.length === 0) return null;
  return toStorableText(redactText(differences.join("; ")).slice(0, differenceCharactersMax));
}

function judgeAnswer(expect: GoldenExpectation, text: string): string[] {
  if (expectsError(expect)) return [`it answered, and ${expect.errorCode ?? "an error"} was expected`];
  const differences: string[] = [];
  if (expect.text !== undefined && expect.text !== text) {
    differences.push(describeDifference(redactText(expect.text), redactText(text)));
  }
  const absent = (expect.contains ?? []).filter((part) => !text.includes(part));
  if (absent[0] !== undefined) {
    const more = absent.length > 1 ? ` (and ${absent.length - 1} more)` : "";
    differences.push(`${quote(redactText(absent[0]), 0)} is not in the answer${more}`);
  }
  if (expect.matches !== undefined && !readGoldenPattern(expect.matches)?.isFoundIn(text)) {
    differences.push(`the pattern ${quote(redactText(expect.matches), 0)} is not found in the answer`);
  }
  return differences;
}

function judgeError(expect: GoldenExpectation, ending: { errorCode: string; message: string }): string[] {
  if (!expectsError(expect)) return [`it ended with ${ending.errorCode}: ${redactText(ending.message).slice(0, 160)}`];
  if (expect.errorCode === undefined || expect.errorCode === ending.errorCode) return [];
  return [`it ended with ${ending.errorCode}, and ${expect.errorCode} was expected`];
}

/** Both masked before, since a piece of a credential does not look like one. */
function describeDifference(expected: string, found: string): string {
  if (expected === found) return "the answer differs within what is masked here";
  let at = 0;
  while (at < expected.length && expected[at] === found[at]) at += 1;
  const from = Math.max(0, at - 10);
  return `from character ${at + 1} on the answer is ${quote(found, from)}, and ${quote(expected, from)} was expected`;
}

function quote(text: string, from: number): string {
  const piece = text.slice(from, from + quotedCharacters);
  return `"${from > 0 ? "…" : ""}${piece}${from + quotedCharacters < text.length ? "…" : ""}"`;
}
