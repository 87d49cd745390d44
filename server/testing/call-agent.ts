// Calls of agents as a program makes them, and their answers taken apart.
import type { LiveAgent } from "./live-agent";

export type Calling = { path?: "/stream"; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal };

/** `body` as text is sent as it is; anything else as JSON. */
export function callAgent(url: string, agent: Pick<LiveAgent, "agentId" | "apiKey">, calling: Calling = {}): Promise<Response> {
  const body = calling.body ?? { input: { prompt: "hello" } };
  return fetch(`${url}/v1/invoke/${agent.agentId}${calling.path ?? ""}`, {
    method: "POST",
    headers: { authorization: `Bearer ${agent.apiKey}`, "content-type": "application/json", ...calling.headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    signal: calling.signal ?? AbortSignal.timeout(45_000),
  });
}

type Envelope = { error: { code: string; message: string; retryable: boolean; details?: { reason?: string } }; traceId: string };

export async function envelopeOf(answer: Response): Promise<Envelope & { status: number }> {
  return { status: answer.status, ...((await answer.json()) as Envelope) };
}

/** The events of a whole stream. */
export function eventsOf(text: string): { id: number; event: string; data: Record<string, unknown> }[] {
  const blocks = text.split("\n\n").filter((block) => block !== "");
  return blocks.map((block) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? "";
    return { id: Number(field("id")), event: field("event"), data: JSON.parse(field("data")) as Record<string, unknown> };
  });
}
