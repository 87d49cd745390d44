// The jobs that budgets promise.
import { defineJob } from "~/server/queue/queue";

/** Settles what dead gateways held, corrects what was only assumed, and tells owners how far a period is used up. */
export const sweepBudgetsJob = defineJob<"budgets-sweep", Record<string, never>>({
  name: "budgets-sweep",
  keyOf: () => "budgets-sweep",
  attempts: 1,
});

/** Corrects by late reports what was only assumed, and holds what is spent against the calls themselves. */
export const recountBudgetsJob = defineJob<"budget-recounts-sweep", Record<string, never>>({
  name: "budget-recounts-sweep",
  keyOf: () => "budget-recounts-sweep",
  attempts: 1,
});
