// What a call is estimated to cost on each runtime, in US dollars: the one configuration file of prices. Change a number here, and
// every new report is estimated by it; what was reported before stays as it was.

export type PricedRuntime = "embedded" | "cloudflare" | "agentcore" | "vps";

/** All zero or more, so that more use never costs less. */
export type Prices = { request: number; computeMs: number; llmToken: number };

/** A mid-range model, input and output mixed: runtimes know how many tokens, not of which model. */
const llmToken = 2e-6;

export const costModel: Readonly<Record<PricedRuntime, Prices>> = {
  /** A small rented machine, shared. */
  embedded: { request: 0.3e-6, computeMs: 0.02e-6, llmToken },
  /** Workers, paid plan: $0.30 a million requests and $0.02 a million milliseconds of CPU; wall time is the upper end of it. */
  cloudflare: { request: 0.3e-6, computeMs: 0.02e-6, llmToken },
  /** Bedrock AgentCore: $0.0895 a vCPU hour and $0.00945 a GB hour, one of each while the call runs; a little for logs. */
  agentcore: { request: 0.02e-6, computeMs: 0.0275e-6, llmToken },
  /** A server of one's own is paid by the month: a call's share of it. */
  vps: { request: 0.01e-6, computeMs: 0.003e-6, llmToken },
};
