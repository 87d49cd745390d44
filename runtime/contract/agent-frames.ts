// What the wrapper around a customer's handler tells the agent host: newline-delimited JSON, one frame a line.

/** Why a call failed inside the agent; `invalid` means the handler broke its contract. */
export type AgentFault = { kind: "thrown" | "invalid"; message: string };

/** A string is one delta. Exactly one `usage` or `error` frame ends the call; a stream that lacks it was cut. */
export type AgentFrame = string | { usage: { tokens: number; toolCalls: number } } | { error: AgentFault };

/** Of what an agent threw. It is masked before it is cut to what people read. */
export const faultCharactersMax = 64_000;

export const agentFramesType = "application/x-ndjson";

/** Reads one line. Throws when it is not a frame: the sender shares an isolate with customers' code and is not trusted. */
export function parseAgentFrame(line: string): AgentFrame {
  const frame: unknown = JSON.parse(line);
  if (typeof frame === "string") return frame;
  if (isRecord(frame) && isRecord(frame["usage"])) {
    return { usage: { tokens: toCount(frame["usage"]["tokens"]), toolCalls: toCount(frame["usage"]["toolCalls"]) } };
  }
  if (isRecord(frame) && isRecord(frame["error"])) {
    const { kind, message } = frame["error"];
    return { error: { kind: kind === "invalid" ? "invalid" : "thrown", message: String(message).slice(0, faultCharactersMax) } };
  }
  throw new TypeError("The agent answered something that is not a frame.");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function toCount(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
