// A real agent host under a real gateway, an agent that speaks for a while, and callers who lose their connection: where tests of resumed
// streams begin.
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { TelemetryEvent } from "~/runtime/contract/telemetry";
import { EventWriter } from "~/server/telemetry/event-writer";
import { buildPlacement, startTestAgentHost, type TestAgentHost } from "./agent-host";
import { createTestTenant } from "./factories";
import { createLiveAgent, type LiveAgent } from "./live-agent";
import { overrideLimits } from "./override-limits";
import { createProviderRegistry } from "./provider-registry";
import { createTestServices, type TestServices } from "./test-services";

export const tokensOfCall = 7;

/** So many words of every width as it is asked for, some milliseconds apart, with a word of the caller's own; it prints when it is told to stop. */
const speaking = `export default async function* (request, context) {
  const [count, pauseMs, word = "👩‍🚀"] = request.input.messages.at(-1).content.split(" ");
  context.reportUsage({ tokens: ${tokensOfCall} });
  for (let n = 0; n < Number(count); n += 1) {
    if (context.signal.aborted) return console.log("stopped");
    yield n + " grüß " + word + " \\r\\n\\r\\nevent: done\\ndata: {}\\n\\n" + "é".repeat(n % 7);
    if (Number(pauseMs) > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}`;

export type Tenant = Awaited<ReturnType<typeof createTestTenant>>;
export type ResumeGround = {
  host: TestAgentHost;
  services: TestServices;
  /** An agent of a fresh workspace, placed at the host. */
  live(): Promise<{ tenant: Tenant; agent: LiveAgent }>;
  /** What the agent printed. */
  printed(agent: LiveAgent): Promise<string[]>;
  /** Takes what the host reported so far into the database, each report once, as the telemetry door would. */
  takeReports(agent: LiveAgent): Promise<void>;
  close(): Promise<void>;
};

export async function openResumeGround(options: { graceMs: number }): Promise<ResumeGround> {
  const streams = { ...options, keptMs: 900_000, bytesMax: 64 * 1024 * 1024 };
  const host = await startTestAgentHost({ drainMs: 300, streams });
  const { provider, config } = host;
  const services = await createTestServices({
    providers: createProviderRegistry([provider]),
    config: { agentHostSocket: config.socketPath, agentHostToken: config.token },
  });
  const { module } = await buildPlacement(provider, speaking);
  return {
    host,
    services,
    async live() {
      const tenant = await createTestTenant(services);
      const limits = {
        concurrencyMax: 1_000,
        callsPerMinuteMax: 100_000,
        requestsMax: 1_000_000,
        tokensMax: 1e12,
        computeMsMax: 1e13,
      };
      await overrideLimits(services, tenant.workspace, limits);
      return { tenant, agent: await createLiveAgent(services, tenant, provider, { module }) };
    },
    async printed(agent) {
      const lines = await provider.logs(agent, { limit: 1_000 });
      return lines.filter(({ stream }) => stream === "stdout").map(({ line }) => line);
    },
    takeReports: (agent) => takeReports(services, agent, host.house.events.splice(0)),
    async close() {
      await services.dispose();
      await host.stop();
    },
  };
}

async function takeReports(services: TestServices, agent: LiveAgent, events: TelemetryEvent[]): Promise<void> {
  const ours = events.filter(({ deploymentId }) => deploymentId === agent.deploymentId);
  if (ours.length === 0) return;
  const { workspaceId, agentId, ownerUserId: userId } = agent;
  await new EventWriter(services).write(
    ours.map(({ timestamp, provider: _provider, ...event }) => ({
      ...{ ...event, errorClass: event.errorClass ?? null, traceId: event.traceId ?? null },
      ...{ workspaceId, agentId, userId, retentionClass: "d30" as const, occurredAt: timestamp },
    })),
  );
}

/** Asks for a stream and reads whole events until so many bytes have come; then it hangs up, unless that was all. */
export async function readStream(
  url: string,
  asked: {
    method: "GET" | "POST";
    headers: Record<string, string>;
    body?: string;
    bytesMax?: number;
    onText?: (text: string) => void;
  },
): Promise<{ status: number; text: string }> {
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest(url, { method: asked.method, headers: asked.headers, agent: false }, resolve);
    request.on("error", reject);
    request.end(asked.body);
  });
  const { bytesMax = Number.MAX_SAFE_INTEGER } = asked;
  let bytes = Buffer.alloc(0);
  try {
    for await (const chunk of message) {
      bytes = Buffer.concat([bytes, chunk as Buffer]);
      asked.onText?.(bytes.toString("utf8"));
      if (bytes.length >= bytesMax) break;
    }
  } catch {
    // The gateway died: what came before is whole events and a rest.
  }
  message.destroy();
  const whole = bytes.subarray(0, Math.min(bytes.length, bytesMax));
  const end = whole.lastIndexOf("\n\n");
  const text = end === -1 ? "" : whole.subarray(0, end + 2).toString("utf8");
  return { status: message.statusCode ?? 0, text: message.statusCode === 200 ? withoutComments(text) : bytes.toString("utf8") };
}

/** They keep the connection alive and are no part of the answer. */
function withoutComments(text: string): string {
  return text.replaceAll(": keep-alive\n\n", "");
}

export const lastIdOf = (text: string) => Number([...text.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? 0);

export function resumePathOf(text: string): string {
  const { resumeUrl } = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? "{}") as { resumeUrl?: string };
  if (!resumeUrl) throw new Error(`The stream does not say how it goes on: ${text.slice(0, 300)}`);
  return new URL(resumeUrl).pathname;
}

export const bearer = ({ apiKey }: Pick<LiveAgent, "apiKey">) => ({ authorization: `Bearer ${apiKey}` });

export function beginStream(
  url: string,
  agent: LiveAgent,
  asked: { prompt: string; bytesMax?: number; headers?: Record<string, string>; onText?: (text: string) => void },
) {
  const { prompt, headers = {}, ...reading } = asked;
  const body = JSON.stringify({ input: { prompt } });
  const sent = { ...bearer(agent), "content-type": "application/json", ...headers };
  return readStream(`${url}/v1/invoke/${agent.agentId}/stream`, { method: "POST", headers: sent, body, ...reading });
}

/** From the last event that is known on. */
export function comeBack(
  url: string,
  agent: Pick<LiveAgent, "apiKey">,
  from: { path: string; known: string; bytesMax?: number; onText?: (text: string) => void },
) {
  const { path, known, ...reading } = from;
  const headers = { ...bearer(agent), "last-event-id": String(lastIdOf(known)) };
  return readStream(`${url}${path}`, { method: "GET", headers, ...reading });
}
