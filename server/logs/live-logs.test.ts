// The whole way with real processes: what agents in workerd print is found in the house, masked and bounded, and survives a house that is away.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AgentHost, startAgentHost } from "~/runtime/agent-host/agent-host";
import { createHostLog } from "~/runtime/agent-host/host-log";
import { logCaps } from "~/runtime/contract/host-logs";
import { createControlServer, listenOnSocket } from "~/server/http/control-socket";
import { createGateway, type Gateway } from "~/server/invocations/gateway";
import { createEmbeddedProvider } from "~/server/providers/embedded/embedded-provider";
import { setSecret } from "~/server/secrets/set-secret";
import { createTelemetryIngest, type TelemetryIngest } from "~/server/telemetry/telemetry-ingest";
import { buildPlacement, invocationOf, testHostConfig } from "~/server/testing/agent-host";
import { createTestManifest, createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { listLogs } from "./list-logs";
import type { LogPage } from "./logs.contract";

const directory = mkdtempSync(join(tmpdir(), "whs-logs-"));
const token = "a token that only this test knows";
const [hostSocket, houseSocket] = [join(directory, "host.sock"), join(directory, "house.sock")];
const provider = createEmbeddedProvider({ socketPath: hostSocket, token });
const patienceMs = 120_000;
const canary = "canary-9f41c7d2e8-that-nobody-may-read";

let services: TestServices;
let telemetry: TelemetryIngest;
let gateway: Gateway;
let house: FastifyInstance;
let host: AgentHost;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;

async function openHouse(): Promise<void> {
  const origin = services.config.publicUrl.origin;
  house = createControlServer({ services, telemetry, gateway, origin, closing: new AbortController().signal });
  await listenOnSocket(house, houseSocket);
}

beforeAll(async () => {
  services = await createTestServices({
    providers: createProviderRegistry([provider]),
    config: { agentHostToken: token },
    now: new Date(),
  });
  [telemetry, gateway] = [createTelemetryIngest(services), createGateway(services)];
  await openHouse();
  const config = testHostConfig(directory, { token, socketPath: hostSocket, controlSocketPath: houseSocket });
  host = await startAgentHost(config, createHostLog("silent"));
  tenant = await createTestTenant(services);
});
afterAll(async () => {
  await host.stop();
  await house.close();
  await Promise.all([gateway.drain(), telemetry.writer.drain()]);
  await services.dispose();
  rmSync(directory, { recursive: true, force: true });
});

const idle = new AbortController().signal;

async function grow(source: string, requiredKeys: string[] = []): Promise<LiveAgent> {
  const live = await createLiveAgent(services, tenant, null, {
    manifest: createTestManifest({ env: { requiredKeys, optionalKeys: [] } }),
  });
  const { agentId, deploymentId, workspaceId } = live;
  for (const name of requiredKeys) await setSecret(services, tenant.scope, { agentId, name, value: canary });
  await provider.deploy(await buildPlacement(provider, source, { agentId, deploymentId, workspaceId }), { signal: idle });
  return live;
}

const ask = async (agent: LiveAgent, prompt = "?", overrides = {}) =>
  (await provider.invoke(agent, invocationOf(prompt, overrides), { signal: idle })).output.text;
/** The test's clock stands still; lines carry the host's own time. */
const list = (agent: LiveAgent, limit = 1_000): Promise<LogPage> => {
  services.clock.set(new Date());
  return listLogs(services, tenant.scope, { agentId: agent.agentId, order: "newest", limit });
};
const texts = async (agent: LiveAgent) => (await list(agent)).items.map(({ line }) => line);

it(
  "what an agent prints is found with the call that printed it, its secrets masked in every spelling",
  async () => {
    const agent = await grow(
      `export default (request, { env }) => {
        console.log("hello", request.input.messages[0].content);
        console.error("the key is " + env.API_KEY + " or " + btoa(env.API_KEY));
        return "done";
      };`,
      ["API_KEY"],
    );
    const call = invocationOf("world");
    await provider.invoke(agent, call, { signal: idle });
    await expect.poll(() => texts(agent), { timeout: 30_000 }).toEqual(expect.arrayContaining(["hello world"]));
    await expect.poll(async () => (await texts(agent)).join("\n"), { timeout: 30_000 }).toContain("the key is");
    const { items } = await list(agent);
    expect(items.find(({ line }) => line === "hello world")).toMatchObject({
      stream: "stdout",
      traceId: call.traceId,
      sessionId: call.sessionId,
    });
    const stored = JSON.stringify(await services.owner.selectFrom("agentLogLines").selectAll().execute());
    expect(stored).toContain("the key is");
    for (const spelling of [canary, btoa(canary), Buffer.from(canary).toString("hex")]) expect(stored).not.toContain(spelling);
  },
  patienceMs,
);

it(
  "an agent that prints as fast as it can is bounded, the rest is counted; its own answers and its neighbour's come",
  async () => {
    const loud = await grow(`export default async () => {
      for (let i = 0; i < 60_000; i += 1) { console.log("noise", i); if (i % 500 === 0) await new Promise((r) => setTimeout(r, 0)); }
      return "done";
    };`);
    const quiet = await grow(
      `export default (request) => { console.log("quiet", request.input.messages[0].content); return "fine"; };`,
    );
    expect(await ask(quiet, "0")).toBe("fine");
    let isOver = false;
    const shouting = ask(loud).finally(() => {
      isOver = true;
    });
    let asked = 0;
    while (!isOver) {
      asked += 1;
      expect(await ask(quiet, String(asked))).toBe("fine");
    }
    expect(await shouting).toBe("done");
    expect(asked).toBeGreaterThan(2);
    await expect.poll(() => texts(quiet), { timeout: 30_000 }).toContain(`quiet ${asked}`);
    const stored = await services.owner
      .selectFrom("agentLogLines")
      .select("at")
      .where("agentId", "=", loud.agentId)
      .where("stream", "=", "stdout")
      .execute();
    const minutes = new Set(stored.map(({ at }) => Math.floor(at.getTime() / 60_000)));
    expect(stored.length).toBeLessThanOrEqual(minutes.size * logCaps.linesPerMinuteMax);
    expect(stored.length).toBeGreaterThan(500);
  },
  patienceMs,
);

it(
  "lines wait while the house is away and come once, in their order, when it is back; what it had stored is not stored twice",
  async () => {
    const agent = await grow("export default (request) => { console.log(request.input.messages[0].content); return ''; };");
    await ask(agent, "before");
    await expect.poll(() => texts(agent), { timeout: 30_000 }).toContain("before");
    // As a kill would: connections break in mid-word, and what was answered may not have arrived.
    house.server.closeAllConnections();
    await house.close();
    const spoken = Array.from({ length: 20 }, (_, place) => `away ${place}`);
    for (const prompt of spoken) await ask(agent, prompt);
    await openHouse();
    await expect.poll(() => texts(agent), { timeout: 30_000 }).toContain("away 19");
    const heard = (await texts(agent)).filter((line) => line === "before" || line.startsWith("away"));
    expect(heard).toEqual(["before", ...spoken]);
  },
  patienceMs,
);
