// What a request was answered, as it is kept for those who repeat it: sealed, small, and without what is shown only once.
import superjson from "superjson";
import { AppError, type ErrorCode, type ErrorDetails } from "~/server/errors";
import type { SealedPlace } from "~/server/vault/vault";

/** The answer's JSON. A larger one is not kept; its repetition is told so. */
export const keptBytesMax = 64 * 1024;

type KeptError = { code: ErrorCode; message: string; details: ErrorDetails };
type Kept = { data: unknown } | { error: KeptError };

/** Null: too large. */
export function packAnswer(data: unknown, bytesMax: number = keptBytesMax): string | null {
  return sized({ data }, bytesMax);
}

export function packError({ code, message, details }: AppError): string | null {
  return sized({ error: { code, message, details } }, keptBytesMax);
}

function sized(kept: Kept, bytesMax: number): string | null {
  const text = superjson.stringify(kept);
  return Buffer.byteLength(text) <= bytesMax ? text : null;
}

/** The answer; throws the error when that was it. */
export function unpackAnswer(text: string): unknown {
  const kept = superjson.parse<Kept>(text);
  if ("data" in kept) return kept.data;
  const { code, message, details } = kept.error;
  throw new AppError(code, message, { details, retryable: false });
}

/** Sealed for the workspace, or for the person when it is an act upon their own account: it is gone when their data key is. */
export function answerPlace(of: { ownerId: string; place: string; procedure: string }): SealedPlace {
  return { ownerId: of.ownerId, kind: "idempotent_answer", id: of.place, name: of.procedure, version: 1 };
}
