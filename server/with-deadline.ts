// Signals that end after a while as well.

/**
 * Aborted with the first of `signals`, with its reason, or after `ms` with a `TimeoutError`. Node 20 collects a deadline as garbage that only
 * `AbortSignal.any` knows of, and then it never comes; one that somebody listens to is kept until it does.
 */
export function withDeadline(ms: number, ...signals: readonly AbortSignal[]): AbortSignal {
  const deadline = AbortSignal.timeout(ms);
  deadline.addEventListener("abort", () => undefined, { once: true });
  return AbortSignal.any([...signals, deadline]);
}
