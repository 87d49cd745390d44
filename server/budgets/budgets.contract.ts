// The words of budgets, shared with the browser.
import { z } from "zod";
import { alertPercents, atCapChoices, budgetMetrics } from "~/db/tables/budgets";
import { Moment } from "~/server/zod-shapes";

export const BudgetItem = z.object({
  metric: z.enum(budgetMetrics),
  limit: z.number(),
  spent: z.number(),
  /** Held by calls under way, and by gateways for the next ones. */
  reserved: z.number(),
  /** At the pace so far, at the end of the period. Null in its first hour. */
  forecast: z.number().nullable(),
});
export type BudgetItem = z.infer<typeof BudgetItem>;

export const Budgets = z.object({
  periodFrom: Moment,
  periodTo: Moment,
  items: z.array(BudgetItem),
  atCap: z.enum(atCapChoices),
  told: z.array(z.object({ metric: z.enum(budgetMetrics), percent: z.literal(alertPercents), at: Moment })),
});
export type Budgets = z.infer<typeof Budgets>;

export const ChooseAtCapInput = z.object({ atCap: z.enum(atCapChoices) });
export type ChooseAtCapInput = z.infer<typeof ChooseAtCapInput>;
