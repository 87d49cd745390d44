// What a call is estimated to cost in US dollars by the cost model: labelled an estimate everywhere and never billed from.
import { costModel, type PricedRuntime } from "./cost-model";

const roundTo = 1e9;

export type CostInput = { requests: number; computeMs: number; llmTokens: number };

/** Deterministic, and never less for more; rounded to a billionth of a dollar. */
export function estimateCost({ requests, computeMs, llmTokens }: CostInput, runtime: PricedRuntime = "embedded"): number {
  const prices = costModel[runtime];
  const dollars = requests * prices.request + computeMs * prices.computeMs + llmTokens * prices.llmToken;
  return Math.round(dollars * roundTo) / roundTo;
}
