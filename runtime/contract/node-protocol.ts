// What the house and our wrapper on a Node runtime elsewhere say to each other: one JSON request in, server-sent frames out.
import { type AgentFault, type AgentFrame, parseAgentFrame } from "./agent-frames";
import type { HostInvocation, LaunchGrant } from "./host-protocol";
import type { TelemetryEvent } from "./telemetry";

/** Given to the wrapper's process at its start, in environment variables of our own. */
export type NodeGrant = {
  /** Masked in everything that is said and printed. */
  env: LaunchGrant["env"];
  variables: Record<string, string>;
  /** 32 bytes, hex. */
  telemetryKey: string;
  telemetryUrl: string;
  identity: Pick<TelemetryEvent, "userId" | "agentId" | "deploymentId" | "runtimeProvider">;
  version: number;
  timeoutMs: number;
  networkAllow?: string[];
};

/** `WHS_GRANT_1`, `WHS_GRANT_2` …: the grant as JSON in base64, cut where a variable may not be longer. */
export const grantVariablePrefix = "WHS_GRANT_";

/** In front of what the process prints as an error: the runtime's log tells the two outputs not apart. */
export const stderrMark = "[stderr] ";

/** What a session remembers: key → JSON. It travels with each call, so that no process of the runtime has to outlive it. */
export type SessionEntries = Record<string, string>;

export type NodeRequest = { kind: "start" } | { kind: "call"; call: HostInvocation; session: SessionEntries };

/**
 * `begun` comes at once, `ready` answers a start, `session` is one change of what the session remembers (null: deleted). Exactly one
 * `usage`, `error` or `ready` ends the answer.
 */
export type NodeFrame =
  | Exclude<AgentFrame, { error: AgentFault }>
  | { error: AgentFault; timedOut?: true }
  | { begun: true }
  | { ready: { deploymentId: string } }
  | { session: { key: string; json: string | null } };

export const nodeSessionKeysMax = 1_000;
/** Of all values of one session together; each call carries them there and back. */
export const nodeSessionCharactersMax = 4_000_000;

export function formatNodeFrame(frame: NodeFrame): string {
  return `data: ${JSON.stringify(frame)}\n\n`;
}

/** Reads one line of the stream: null for what carries no frame. Throws when it should carry one and does not. */
export function parseNodeFrame(line: string): NodeFrame | null {
  if (!line.startsWith("data: ")) return null;
  const text = line.slice("data: ".length);
  if (!text.startsWith("{")) return parseAgentFrame(text);
  const frame = JSON.parse(text) as Record<string, unknown>;
  if (frame["begun"] === true) return { begun: true };
  if ("session" in frame) return { session: toChange(frame["session"]) };
  if ("ready" in frame) return { ready: { deploymentId: String((frame["ready"] as { deploymentId?: unknown })?.deploymentId) } };
  const parsed = parseAgentFrame(text);
  return typeof parsed !== "string" && "error" in parsed && frame["timedOut"] === true ? { ...parsed, timedOut: true } : parsed;
}

function toChange(value: unknown): { key: string; json: string | null } {
  const { key, json } = value as { key?: unknown; json?: unknown };
  if (typeof key === "string" && (typeof json === "string" || json === null)) return { key, json };
  throw new TypeError("The agent answered something that is not a frame.");
}
