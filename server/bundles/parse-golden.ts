// Reads one golden file of a bundle: its cases, or what is wrong with it, field by field (AHEAD 12).
import { AppError, type ErrorIssue } from "~/server/errors";
import { firstLine, inputIssues } from "~/server/input-issues";
import { isStorable } from "~/server/storable-text";
import { type GoldenCase, GoldenFile, goldenCasesOf, goldenFileBytesMax } from "./golden.contract";
import { readGoldenPattern } from "./golden-pattern";

/**
 * `bytes` is null when the file is larger than a golden file may be. Throws `INVALID_REQUEST` (`golden_invalid`), whose issues are at
 * `path` and, inside the file, at `path:field`.
 */
export function parseGolden(path: string, bytes: Buffer | null): GoldenCase[] {
  if (bytes === null || bytes.length > goldenFileBytesMax)
    throw invalid(path, [{ path: "", message: "A golden file holds at most 64 KiB. Split it into several." }]);
  const json = parseJson(path, bytes);
  if (!isStorable(json)) throw invalid(path, [{ path: "", message: "A text holds U+0000 or half a surrogate pair." }]);
  const parsed = GoldenFile.safeParse(json);
  if (!parsed.success) throw invalid(path, inputIssues(parsed.error));
  const cases = goldenCasesOf(parsed.data);
  const issues = patternIssues(cases, Array.isArray(json));
  if (issues.length > 0) throw invalid(path, issues);
  return cases;
}

function parseJson(path: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const what = error instanceof SyntaxError ? `It is not JSON: ${error.message.slice(0, 160)}.` : "It is not UTF-8 text.";
    throw invalid(path, [{ path: "", message: what }]);
  }
}

function patternIssues(cases: GoldenCase[], isList: boolean): ErrorIssue[] {
  return cases.flatMap(({ expect }, index) => {
    if (expect.matches === undefined || readGoldenPattern(expect.matches) !== null) return [];
    const message =
      "This is no pattern of RE2, or too large a one. Write it without look-around and back-references, close what you open, and repeat fewer times.";
    return [{ path: `${isList ? `${index}.` : ""}expect.matches`, message }];
  });
}

function invalid(file: string, issues: ErrorIssue[]): AppError {
  const placed = issues.map(({ path, message }) => ({ path: path ? `${file}:${path}` : file, message }));
  return new AppError("INVALID_REQUEST", firstLine(placed, `${file} is not a golden file.`), {
    details: { reason: "golden_invalid", issues: placed },
  });
}
