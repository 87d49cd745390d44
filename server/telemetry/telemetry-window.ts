// How old or early a report may be (CONTRACTS "Telemetry").
import { AppError } from "~/server/errors";

const hourMs = 3_600_000;

export const acceptedPast = {
  /** Reports from outside. */
  reportMs: hourMs,
  /** What the agent host on this machine kept while we were away. */
  backlogMs: 24 * hourMs,
};

/** How far the clocks of a runtime and of this machine may differ. */
const skewMs = 5 * 60_000;

/** Throws `INVALID_REQUEST` unless the moment lies in the window that ends now. */
export function assertInWindow(occurredAt: Date, options: { now: Date; pastMs: number }): void {
  const ageMs = options.now.getTime() - occurredAt.getTime();
  if (ageMs > options.pastMs) {
    throw outside(`timestamp: older than ${options.pastMs / hourMs} h; such a report does not count any more.`, "stale");
  }
  if (ageMs < -skewMs) throw outside("timestamp: in the future; set the clock of the runtime.", "future");
}

function outside(message: string, reason: string): AppError {
  return new AppError("INVALID_REQUEST", message, { details: { reason, issues: [{ path: "timestamp", message }] } });
}
