// The sums of a span as figures that people compare.
import type { Figure } from "~/app/ui/figure-strip";
import { countWords, dollarsWords, shareWords, spanWords } from "~/app/ui/measures";
import type { UsageSeries } from "~/server/telemetry/usage.contract";

const badErrorShare = 0.05;

export function usageFigures({ totals, latency }: UsageSeries): Figure[] {
  return [
    { label: "Requests", value: countWords(totals.requests), note: `${countWords(totals.toolCalls)} tool calls` },
    {
      label: "Errors",
      value: shareWords(totals.errors, totals.requests),
      note: `${countWords(totals.errors)} of ${countWords(totals.requests)}`,
      isBad: totals.requests > 0 && totals.errors / totals.requests > badErrorShare,
    },
    {
      label: "Latency p95",
      value: latency.p95Ms === null ? "–" : spanWords(latency.p95Ms),
      note: latency.p50Ms === null ? "no calls yet" : `half under ${spanWords(latency.p50Ms)}`,
    },
    { label: "Tokens", value: countWords(totals.llmTokens), note: "as agents reported" },
    { label: "Compute", value: spanWords(totals.computeMs), note: `${dollarsWords(totals.costUsdEstimated)} estimated cost` },
  ];
}
