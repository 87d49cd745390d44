// What AWS says when it does not do what it was asked, as our own words: never its text, which may quote what we sent.
import { AppError, type ErrorCode } from "~/server/errors";
import type { Log } from "~/server/log";

type Trouble = { message: string; retryable: boolean; reason: string };

const guide = "docs/operations/agentcore.md";

const denied: Trouble = {
  message: `AWS does not accept this installation's credentials or does not allow it this. The operator compares the access key and its policy with ${guide}.`,
  retryable: false,
  reason: "provider_denied",
};
const invalid: Trouble = {
  message: "AWS refused the request as invalid. The operator finds the id of the request in the log; trying again does not help.",
  retryable: false,
  reason: "provider_refused",
};
const missing: Trouble = {
  message: `AWS does not have what was asked for. If it persists, the operator compares region, bucket and role with ${guide}.`,
  retryable: false,
  reason: "provider_missing",
};
const busy: Trouble = {
  message: "AWS is still busy with another change of this agent. Try again in a minute.",
  retryable: true,
  reason: "provider_busy",
};
const full: Trouble = {
  message:
    "A quota of the AWS account is used up (AgentCore allows 10 endpoints per agent until more are asked for). Delete old versions, or the operator asks AWS for more.",
  retryable: false,
  reason: "provider_quota",
};
const throttled: Trouble = {
  message: "AWS asks us to slow down. Try again in a minute.",
  retryable: true,
  reason: "provider_throttled",
};
const away: Trouble = {
  message: "AWS does not answer as it should. Try again in a minute.",
  retryable: true,
  reason: "provider_away",
};
const crashed: Trouble = {
  message: "The agent's process on AgentCore ended, or it did not start in time.",
  retryable: false,
  reason: "process_ended",
};

const byName: Readonly<Record<string, Trouble>> = {
  AccessDeniedException: denied,
  AccessDenied: denied,
  UnauthorizedException: denied,
  UnrecognizedClientException: denied,
  InvalidAccessKeyId: denied,
  InvalidParameterException: invalid,
  InvalidSignatureException: denied,
  SignatureDoesNotMatch: denied,
  ExpiredTokenException: denied,
  CredentialsProviderError: denied,
  ValidationException: invalid,
  ResourceNotFoundException: missing,
  NoSuchBucket: missing,
  ConflictException: busy,
  OperationAbortedException: busy,
  RetryableConflictException: busy,
  ServiceQuotaExceededException: full,
  ThrottlingException: throttled,
  SlowDown: throttled,
  RuntimeClientError: crashed,
};
const byStatus: Readonly<Record<number, Trouble>> = {
  400: invalid,
  401: denied,
  402: full,
  403: denied,
  404: missing,
  409: busy,
  424: crashed,
  429: throttled,
};

/** `code`: what the caller of the act promises to reject with. An AppError, and the reason of an abort, pass as they are. */
export function awsTrouble(code: ErrorCode, thrown: unknown, signal?: AbortSignal): unknown {
  if (thrown instanceof AppError) return thrown;
  if (signal?.aborted) return signal.reason;
  const { message, retryable, reason } = troubleOf(thrown);
  return new AppError(code, message, { retryable, details: { reason }, cause: causeOf(thrown) });
}

/** Once, where an act of ours ends with it. */
export function logTrouble(log: Log, trouble: unknown): void {
  if (!(trouble instanceof AppError) || !trouble.details.reason?.startsWith("provider_")) return;
  const cause = trouble.cause instanceof Error ? trouble.cause.message : "";
  log.warn({ reason: trouble.details.reason, cause }, "AWS did not do what it was asked");
}

/** What an operator needs to find the request in CloudTrail. AWS's own message quotes the variables it was given, and so their values. */
function causeOf(thrown: unknown): unknown {
  const { $metadata } = (thrown ?? {}) as { $metadata?: { httpStatusCode?: number; requestId?: string } };
  if (!$metadata?.httpStatusCode) return thrown;
  return new Error(
    `AWS answered ${nameOf(thrown)} (${$metadata.httpStatusCode}), request ${$metadata.requestId ?? "without an id"}`,
  );
}

function troubleOf(thrown: unknown): Trouble {
  return byName[nameOf(thrown)] ?? byStatus[statusOfAws(thrown)] ?? away;
}

export function isMissing(thrown: unknown): boolean {
  return statusOfAws(thrown) === 404 || nameOf(thrown) === "NoSuchKey" || nameOf(thrown) === "ResourceNotFoundException";
}

export function isDenied(thrown: unknown): boolean {
  return troubleOf(thrown) === denied;
}

export function isBusy(thrown: unknown): boolean {
  return troubleOf(thrown) === busy;
}

export function isInvalid(thrown: unknown): boolean {
  return troubleOf(thrown) === invalid;
}

/** S3 found the condition of a write not met. */
export function isUnmet(thrown: unknown): boolean {
  return statusOfAws(thrown) === 412 || (statusOfAws(thrown) === 409 && nameOf(thrown) === "ConditionalRequestConflict");
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : "";
}

function statusOfAws(thrown: unknown): number {
  const { $metadata } = (thrown ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode ?? 0;
}
