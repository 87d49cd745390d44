// Where errors go that nobody foresaw: every one that is logged as such passes here, to a monitor if the installation has one.
import { AppError } from "~/server/errors";

/** Words of our own code: a trace id, the name of a job, a procedure or a route. */
export type ErrorFacts = Readonly<Record<string, string>>;
export type ErrorSink = (error: Error, facts: ErrorFacts) => void;

let sink: ErrorSink | null = null;

/** Null: to nobody. */
export function reportErrorsTo(next: ErrorSink | null): void {
  sink = next;
}

const reportedFacts = ["traceId", "job", "procedure", "route", "method"];

/** `logged` is the object in front of a line of the log. Whatever else stands there stays here. */
export function reportedErrors(logged: unknown): void {
  if (sink === null || typeof logged !== "object" || logged === null) return;
  const error = logged instanceof Error ? logged : "err" in logged ? logged.err : null;
  if (!(error instanceof Error) || error instanceof AppError) return;
  const named = Object.entries(logged).filter(([name, fact]) => reportedFacts.includes(name) && typeof fact === "string");
  sink(error, Object.fromEntries(named) as Record<string, string>);
}
