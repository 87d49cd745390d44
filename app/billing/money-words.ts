// Amounts of money and limits of plans in words.
import { countWords, spanWords } from "~/app/ui/measures";
import type { BillingOverview } from "~/server/billing/billing.contract";
import type { LimitType, Plan } from "~/server/plans/plan.contract";

/** Stripe counts in the smallest unit; how many of them make a whole is the currency's own matter. */
export function moneyWords(amount: number, currency: string): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency: currency.toUpperCase() });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits).replace(/\.00$/, "");
}

export const planNames: Record<BillingOverview["tier"], string> = {
  free: "Free",
  starter: "Starter",
  pro: "Pro",
  enterprise: "Enterprise",
};

export const limitWords: Record<LimitType, string> = {
  agents: "more agents than the plan runs",
  members: "more members than the plan has room for",
  keys: "more keys than the plan has room for",
  runtime: "its runtime is not part of the plan",
  deployments: "older than the versions that the plan keeps",
  requests: "the period's requests are used up",
  tokens: "the period's tokens are used up",
  compute_ms: "the period's compute is used up",
  browser_sessions: "the period's browser sessions are used up",
  code_interpreter_sessions: "the period's code interpreter sessions are used up",
  gateway_calls: "the period's gateway calls are used up",
  agentcore_capability: "the capability is not part of the plan",
};

export type PlanLine = { label: string; words: (plan: Plan) => string };

/** Only what this release can offer is promised beside a price. */
const runtimeNames: Partial<Record<Plan["runtimes"][number], string>> = {
  embedded: "Embedded",
  cloudflare: "Cloudflare",
  agentcore: "AgentCore",
};

function runtimesWords({ runtimes }: Plan): string {
  return runtimes.flatMap((runtime) => runtimeNames[runtime] ?? []).join(", ");
}

/** The lines of the comparison, the same for every plan. */
export const planLines: readonly PlanLine[] = [
  { label: "Requests, monthly", words: (plan) => countWords(plan.requestsMax) },
  { label: "Tokens, monthly", words: (plan) => countWords(plan.tokensMax) },
  { label: "Compute, monthly", words: (plan) => `${countWords(plan.computeMsMax / 3_600_000)} h` },
  { label: "Agents", words: (plan) => countWords(plan.agentsMax) },
  { label: "Members", words: (plan) => countWords(plan.membersMax) },
  { label: "API keys", words: (plan) => countWords(plan.keysMax) },
  { label: "Versions kept", words: (plan) => `${countWords(plan.deploymentsKeptMax)} an agent` },
  { label: "Calls at once", words: (plan) => `${countWords(plan.concurrencyMax)} an agent` },
  { label: "A call may take", words: (plan) => spanWords(plan.timeoutMsMax) },
  { label: "Of it computing, at Cloudflare", words: (plan) => spanWords(plan.cpuMsMax) },
  { label: "Telemetry kept", words: (plan) => `${plan.telemetryRetentionDays} days` },
  { label: "Logs kept", words: (plan) => `${plan.logRetentionDays} days` },
  { label: "Runtimes", words: runtimesWords },
];
