// Why a guarded fetch has no answer, in words for programs; the feature that asked says it to people.

export type GuardedFetchReason =
  /** Not https, with credentials in it, or to a host that was not named: nothing was looked up. */
  "url_refused" | "address_refused" | "name_unknown" | "timed_out" | "too_large" | "connection_failed";

export class GuardedFetchError extends Error {
  constructor(
    readonly reason: GuardedFetchReason,
    message: string,
    options?: { cause: unknown },
  ) {
    super(message, options);
    this.name = "GuardedFetchError";
  }
}

/** The error itself when it is one, or lies inside of what a client threw; else what it comes down to. */
export function toGuardedFetchError(thrown: unknown, deadline: AbortSignal): GuardedFetchError {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error instanceof GuardedFetchError) return error;
  }
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  if (deadline.aborted || /TIMEOUT$/.test(code)) {
    return new GuardedFetchError("timed_out", "The host did not answer in time.", { cause: thrown });
  }
  return new GuardedFetchError("connection_failed", "The connection to the host failed.", { cause: thrown });
}
