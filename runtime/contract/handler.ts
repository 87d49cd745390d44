// What a customer's entry point sees: the same on every runtime (CONTRACTS "Bundle"). A bundle imports this for types only.
import type { HandlerRequest, InvokeUsage } from "./invoke";

export type { HandlerRequest } from "./invoke";

export type AgentSession = {
  readonly id: string;
  /** Values are JSON. Durable per session, also across restarts of the process. */
  get<T = unknown>(key: string): Promise<T | undefined>;
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
};

export type AgentContext = {
  /** Configured keys that the manifest names, and nothing else. */
  readonly env: Readonly<Record<string, string>>;
  readonly session: AgentSession;
  readonly agent: { readonly id: string; readonly deploymentId: string; readonly version: number };
  readonly traceId: string;
  /** Aborted when the caller went away or time ran out. */
  readonly signal: AbortSignal;
  /** Adds to what this call reports. */
  reportUsage(usage: { tokens?: number; toolCalls?: number }): void;
};

export type HandlerResult = string | { output: { text: string }; usage?: Partial<InvokeUsage> } | AsyncIterable<string>;

export type AgentHandler = (request: HandlerRequest, context: AgentContext) => HandlerResult | Promise<HandlerResult>;
