// Where a budget's pace leads to, in words: the day the cap is reached, or how much of it will be left.
import { shareWords } from "~/app/ui/measures";
import type { BudgetItem, Budgets } from "~/server/budgets/budgets.contract";

export type BudgetOutlook = {
  /** `near` from 80 %: somebody should look; `over`: the pace leads past the cap. */
  level: "calm" | "over" | "near" | "used";
  sentence: string;
};

export const nearShare = 0.8;

export function budgetOutlook(
  item: BudgetItem,
  { periodFrom, periodTo }: Pick<Budgets, "periodFrom" | "periodTo">,
): BudgetOutlook {
  const { limit, spent, forecast } = item;
  const end = dayOf(periodTo);
  if (spent >= limit) return { level: "used", sentence: `Used up: calls are refused until ${end}.` };
  const isNear = spent >= limit * nearShare;
  if (forecast === null) return { level: isNear ? "near" : "calm", sentence: "Too early in the period to foresee." };
  if (forecast > limit) {
    const reachedAt = new Date(periodFrom.getTime() + ((periodTo.getTime() - periodFrom.getTime()) * limit) / forecast);
    return { level: isNear ? "near" : "over", sentence: `At this pace you reach the cap on ${dayOf(reachedAt)}.` };
  }
  return { level: isNear ? "near" : "calm", sentence: `At this pace ${paceWords(forecast, limit)} of the cap by ${end}.` };
}

/** Next to nothing is not nothing. */
function paceWords(forecast: number, limit: number): string {
  return forecast > 0 && forecast < limit / 100 ? "under 1 %" : shareWords(forecast, limit);
}

/** `27 Nov`, in UTC like the period. */
export function dayOf(moment: Date): string {
  return moment.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}
