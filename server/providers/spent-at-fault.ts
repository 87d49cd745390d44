// What a call that failed had used by then: it travels beside the error, for the meter and for the stream's own last event.
import type { ReportedUsage } from "~/runtime/contract/invoke";

const spent = new WeakMap<object, ReportedUsage>();
const nothing: ReportedUsage = { tokens: 0, toolCalls: 0 };

/** Answers the same error. */
export function withSpent<Fault extends Error>(error: Fault, usage: ReportedUsage | undefined): Fault {
  if (usage) spent.set(error, usage);
  return error;
}

/** Nothing, of an error that says nothing of it. */
export function spentAt(thrown: unknown): ReportedUsage {
  return typeof thrown === "object" && thrown !== null ? (spent.get(thrown) ?? nothing) : nothing;
}

/** Whoever failed said what was used by then, be it nothing. */
export function saysSpent(thrown: unknown): boolean {
  return typeof thrown === "object" && thrown !== null && spent.has(thrown);
}

/** As the last event of a stream says it, where there is something to say. */
export function spentWords(thrown: unknown): { usage?: ReportedUsage } {
  const usage = spentAt(thrown);
  return usage === nothing ? {} : { usage };
}
