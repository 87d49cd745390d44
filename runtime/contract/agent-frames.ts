// What the wrapper around a customer's handler tells the agent host: newline-delimited JSON, one frame a line.
import type { ReportedUsage } from "./invoke";

/** Why a call failed inside the agent; `invalid` means the handler broke its contract. `usage`: what it had reported until then, if anything. */
export type AgentFault = { kind: "thrown" | "invalid"; message: string; usage?: ReportedUsage };

/** A string is one delta. Exactly one `usage` or `error` frame ends the call; a stream that lacks it was cut. */
export type AgentFrame = string | { usage: ReportedUsage } | { error: AgentFault };

/** What was reported so far. It is sent to whoever asks for it with `reportedHeader`, so that a call which is cut off has it. */
export type ReportedFrame = { reported: ReportedUsage };
export const reportedHeader = "x-whs-reported-usage";

/** Of what an agent threw. It is masked before it is cut to what people read. */
export const faultCharactersMax = 64_000;

export const agentFramesType = "application/x-ndjson";

/** Reads one line. Throws when it is not a frame: the sender shares an isolate with customers' code and is not trusted. */
export function parseAgentFrame(line: string): AgentFrame {
  const frame: unknown = JSON.parse(line);
  if (typeof frame === "string") return frame;
  if (isRecord(frame) && isRecord(frame["usage"])) {
    return { usage: toUsage(frame["usage"]) };
  }
  if (isRecord(frame) && isRecord(frame["error"])) {
    const { kind, message, usage } = frame["error"];
    const fault = {
      kind: kind === "invalid" ? "invalid" : "thrown",
      message: String(message).slice(0, faultCharactersMax),
    } as const;
    return { error: isRecord(usage) ? { ...fault, usage: toUsage(usage) } : fault };
  }
  throw new TypeError("The agent answered something that is not a frame.");
}

/** The same, where frames of what was reported so far were asked for. */
export function parseReportingFrame(line: string): AgentFrame | ReportedFrame {
  if (!line.startsWith('{"reported"')) return parseAgentFrame(line);
  const { reported } = JSON.parse(line) as ReportedFrame;
  if (!isRecord(reported)) throw new TypeError("The agent answered something that is not a frame.");
  return { reported: toUsage(reported) };
}

function toUsage({ tokens, toolCalls }: Record<string, unknown>): ReportedUsage {
  return { tokens: toCount(tokens), toolCalls: toCount(toolCalls) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function toCount(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
