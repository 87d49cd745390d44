// The one error that verbs throw, its codes (CONTRACTS "Errors") and their place on HTTP. Mapped at the edges only.
import { redactMessage } from "~/server/redaction/redact-text";

export const errorTable = {
  INVALID_REQUEST: { status: 400, trpc: "BAD_REQUEST" },
  UNAUTHENTICATED: { status: 401, trpc: "UNAUTHORIZED" },
  LIMIT_EXCEEDED: { status: 402, trpc: "PAYMENT_REQUIRED" },
  UNAUTHORIZED: { status: 403, trpc: "FORBIDDEN" },
  NOT_FOUND: { status: 404, trpc: "NOT_FOUND" },
  CONFLICT: { status: 409, trpc: "CONFLICT" },
  PAYLOAD_TOO_LARGE: { status: 413, trpc: "PAYLOAD_TOO_LARGE" },
  RATE_LIMITED: { status: 429, trpc: "TOO_MANY_REQUESTS" },
  INTERNAL: { status: 500, trpc: "INTERNAL_SERVER_ERROR" },
  DEPLOYMENT_FAILED: { status: 502, trpc: "BAD_GATEWAY" },
  RUNTIME_ERROR: { status: 502, trpc: "BAD_GATEWAY" },
} as const;

export type ErrorCode = keyof typeof errorTable;

export type ErrorIssue = { path: string; message: string };

export type ErrorDetails = {
  /** `INVALID_REQUEST`: what was wrong at which field. */
  issues?: ErrorIssue[];
  /** A closed word for programs, for example `bundle_symlink` or `email_not_verified`. */
  reason?: string;
  /** `RATE_LIMITED`: seconds until it is worth trying again. */
  retryAfterSeconds?: number;
  /** `RUNTIME_ERROR`: the call ran out of time (504 instead of 502). */
  timedOut?: boolean;
  /** We have more to do than we can take, or are shutting down (503 instead of the code's own status). */
  overloaded?: boolean;
  /** `LIMIT_EXCEEDED`. */
  limitType?: string;
  period?: string;
  current?: number;
  /** What calls under way hold of the limit. */
  reserved?: number;
  limit?: number;
};

export type ErrorEnvelope = {
  error: {
    code: ErrorCode;
    message: string;
    details?: Omit<ErrorDetails, "retryAfterSeconds" | "timedOut" | "overloaded">;
    retryable: boolean;
  };
  traceId: string;
};

const retryableCodes: ReadonlySet<ErrorCode> = new Set(["RATE_LIMITED", "INTERNAL"]);

/**
 * Safe to show: the message says what was wrong, where, and what to do. Anything unsafe goes into `cause`. A message may quote what
 * an agent or a provider said, so it is redacted here, before any surface can have it.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; retryable?: boolean; cause?: unknown } = {}) {
    super(redactMessage(message), { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.details = options.details ?? {};
    this.retryable = options.retryable ?? retryableCodes.has(code);
  }
}

/** The one answer for a missing thing and for somebody else's (MISSION A2). */
export function notFound(what: string): AppError {
  return new AppError("NOT_FOUND", `There is no such ${what}.`);
}

/** One wrong field; `path` as the caller wrote it. */
export function invalidField(path: string, message: string, reason?: string): AppError {
  return new AppError("INVALID_REQUEST", message, { details: { issues: [{ path, message }], ...(reason ? { reason } : {}) } });
}

/** HTTP status of an error; a runtime that ran out of time is 504, a house that is full is 503. */
export function statusOf(error: AppError): number {
  if (error.details.overloaded) return 503;
  return error.details.timedOut ? 504 : errorTable[error.code].status;
}

/** What goes over the wire. */
export function toEnvelope(error: AppError, traceId: string): ErrorEnvelope {
  const { retryAfterSeconds: _seconds, timedOut: _timedOut, overloaded: _overloaded, ...details } = error.details;
  const hasDetails = Object.keys(details).length > 0;
  return {
    error: { code: error.code, message: error.message, ...(hasDetails ? { details } : {}), retryable: error.retryable },
    traceId,
  };
}

/** Any thrown thing as an AppError; what we did not foresee becomes `INTERNAL` with the original as cause. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError("INTERNAL", "Something went wrong on our side. Try again; if it persists, tell us the trace id.", {
    cause: thrown,
  });
}
