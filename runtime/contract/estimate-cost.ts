// What a call is estimated to cost in US dollars: a small fixed table, labelled an estimate everywhere and never billed from.

/** Compute priced like a small rented machine; tokens like a mid-range model, input and output mixed. */
const dollarsPer = { request: 0.3e-6, computeMs: 0.02e-6, llmToken: 2e-6 } as const;

const roundTo = 1e9;

export type CostInput = { requests: number; computeMs: number; llmTokens: number };

/** Deterministic and monotonic; rounded to a billionth of a dollar. */
export function estimateCost({ requests, computeMs, llmTokens }: CostInput): number {
  const dollars = requests * dollarsPer.request + computeMs * dollarsPer.computeMs + llmTokens * dollarsPer.llmToken;
  return Math.round(dollars * roundTo) / roundTo;
}
