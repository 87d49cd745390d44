// The golden files of a bundle (CONTRACTS "Bundle", AHEAD 12): requests and what must come back before a version may go live.
import { z } from "zod";
import { InvokeRequest } from "~/runtime/contract/invoke";
import type { ErrorCode } from "~/server/errors";

export const goldenFilesMax = 20;
export const goldenFileBytesMax = 64 * 1024;
export const goldenCasesPerFileMax = 20;

/** What an invocation can end with; the codes of CONTRACTS "Errors". */
const errorCodes = [
  "INVALID_REQUEST",
  "UNAUTHENTICATED",
  "LIMIT_EXCEEDED",
  "UNAUTHORIZED",
  "NOT_FOUND",
  "CONFLICT",
  "PAYLOAD_TOO_LARGE",
  "RATE_LIMITED",
  "INTERNAL",
  "DEPLOYMENT_FAILED",
  "RUNTIME_ERROR",
] as const satisfies readonly ErrorCode[];

const Expectations = z.strictObject({
  /** The whole answer, to the letter. */
  text: z.string().max(60_000).optional(),
  /** Each of these, anywhere in the answer. */
  contains: z.array(z.string().min(1).max(2_000)).min(1).max(20).optional(),
  /** A pattern in RE2's syntax (no look-around, no back-reference), found anywhere in the answer; `golden-pattern.ts` reads it. */
  matches: z.string().min(1).max(500).optional(),
  /** Absent: `ok`, or `error` when an `errorCode` is expected. */
  status: z.enum(["ok", "error"]).optional(),
  errorCode: z.enum(errorCodes).optional(),
  /** Wall time of the call, from its start to the last byte of its answer. */
  maxMs: z.number().int().min(1).max(900_000).optional(),
});

type Expectations = z.infer<typeof Expectations>;

export const GoldenExpectation = Expectations.refine(
  (expect) => Object.keys(expect).length > 0,
  'Expect at least one thing, for example { "status": "ok" }.',
)
  .refine((expect) => expect.errorCode === undefined || expect.status !== "ok", {
    path: ["errorCode"],
    message: 'An errorCode and the status "ok" exclude each other. Remove one of them.',
  })
  .refine((expect) => !expectsError(expect) || !expectsText(expect), {
    path: ["status"],
    message: 'An error has no text: remove text, contains and matches, or expect the status "ok".',
  });
export type GoldenExpectation = z.infer<typeof GoldenExpectation>;

export const GoldenCase = z.strictObject({ request: InvokeRequest, expect: GoldenExpectation });
export type GoldenCase = z.infer<typeof GoldenCase>;

/** One case, or a list of them. */
export const GoldenFile = z.union([GoldenCase, z.array(GoldenCase).min(1).max(goldenCasesPerFileMax)]);
export type GoldenFile = z.infer<typeof GoldenFile>;

/** The cases of a file, whichever form it used. */
export function goldenCasesOf(file: GoldenFile): GoldenCase[] {
  return Array.isArray(file) ? file : [file];
}

/** Whether the case is met by an error only. */
export function expectsError(expect: Expectations): boolean {
  return expect.status === "error" || expect.errorCode !== undefined;
}

function expectsText(expect: Expectations): boolean {
  return expect.text !== undefined || expect.contains !== undefined || expect.matches !== undefined;
}
