// The whole way with real processes: rotate a secret, see what is behind, apply it while a call is in flight, and call again (AHEAD 8).
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AgentHost, startAgentHost } from "~/runtime/agent-host/agent-host";
import { createHostLog } from "~/runtime/agent-host/host-log";
import { createControlServer, listenOnSocket } from "~/server/http/control-socket";
import { createGateway } from "~/server/invocations/gateway";
import { createEmbeddedProvider } from "~/server/providers/embedded/embedded-provider";
import { readEvents } from "~/server/providers/read-events";
import { createTelemetryIngest } from "~/server/telemetry/telemetry-ingest";
import { buildPlacement, invocationOf, testHostConfig } from "~/server/testing/agent-host";
import { createTestManifest, createTestTenant } from "~/server/testing/factories";
import { createLiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { applySecrets } from "./apply-secrets";
import { listStaleSecrets } from "./list-stale-secrets";
import { refreshSecrets } from "./refresh-secrets";
import { setSecret } from "./set-secret";
import { unsetSecret } from "./unset-secret";

const directory = mkdtempSync(join(tmpdir(), "whs-apply-"));
const token = "a token that only this test knows";
const [hostSocket, houseSocket] = [join(directory, "host.sock"), join(directory, "house.sock")];
const provider = createEmbeddedProvider({ socketPath: hostSocket, token });

let services: TestServices;
let house: FastifyInstance;
let host: AgentHost;
let drain: () => Promise<unknown>;

beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([provider]), config: { agentHostToken: token } });
  const telemetry = createTelemetryIngest(services);
  const gateway = createGateway(services);
  const origin = services.config.publicUrl.origin;
  house = createControlServer({ services, telemetry, gateway, origin, closing: new AbortController().signal });
  await listenOnSocket(house, houseSocket);
  const config = testHostConfig(directory, { token, socketPath: hostSocket, controlSocketPath: houseSocket });
  host = await startAgentHost(config, createHostLog("silent"));
  drain = () => Promise.all([gateway.drain(), telemetry.writer.drain()]);
});
afterAll(async () => {
  await host.stop();
  await house.close();
  await drain();
  await services.dispose();
  rmSync(directory, { recursive: true, force: true });
});

/** Says how long its secret is: the value itself would be masked. Given a number, it says so again after so many milliseconds. */
const source = `export default async function* (request, { env }) {
  yield env.API_KEY.length + ";";
  const ms = Number(request.input.messages[0].content);
  if (!(ms > 0)) return;
  await new Promise((resolve) => setTimeout(resolve, ms));
  yield env.API_KEY.length + ";";
}`;
const idle = new AbortController().signal;

/** Several processes are started; on a busy machine that takes a while. */
const patienceMs = 120_000;

async function grow() {
  const tenant = await createTestTenant(services);
  const manifest = createTestManifest({ env: { requiredKeys: ["API_KEY"], optionalKeys: [] } });
  const live = await createLiveAgent(services, tenant, null, { manifest });
  const { agentId, deploymentId, workspaceId } = live;
  await provider.deploy(await buildPlacement(provider, source, { agentId, deploymentId, workspaceId }), { signal: idle });
  const set = (value: string) => setSecret(services, tenant.scope, { agentId, name: "API_KEY", value });
  const ask = async () => (await provider.invoke(live, invocationOf("?"), { signal: idle })).output.text;
  const stale = async () => (await listStaleSecrets(services, tenant.scope, {})).items;
  return { tenant, live, set, ask, stale };
}

it(
  "a rotated secret: the map is right, one act empties it, a call in flight finishes, the next one has the new value",
  async () => {
    const { tenant, live, set, ask, stale } = await grow();
    await set("four");
    const began = performance.now();
    expect(await ask()).toBe("4;");
    // Well beyond a start on this machine as it is now: the call is still under way when the second process is there.
    const slowMs = String(Math.min(10_000, Math.round(500 + 2 * (performance.now() - began))));
    await set("a longer one");
    expect(await ask()).toBe("4;");
    const keys = [{ name: "API_KEY", heldVersion: 1, currentVersion: 2 }];
    expect(await stale()).toMatchObject([{ deploymentId: live.deploymentId, isLive: true, keys }]);
    const events = readEvents(await provider.stream(live, invocationOf(slowMs), { signal: idle }));
    await events.next();
    expect((await events.next()).value).toMatchObject({ data: { text: "4;" } });
    expect(await applySecrets(services, tenant.scope, {})).toEqual({ deployments: 1 });
    const applied = refreshSecrets(services, { workspaceId: tenant.workspace.id }, idle);
    const rest = [];
    for await (const event of events) rest.push(event);
    expect(rest.map(({ event }) => event)).toEqual(["delta", "usage", "done"]);
    expect(rest[0]).toMatchObject({ data: { text: "4;" } });
    await applied;
    expect(await ask()).toBe("12;");
    expect(await stale()).toEqual([]);
  },
  patienceMs,
);

it(
  "a required secret that was unset: what runs goes on and says that it is behind; what starts is refused, by name in its log only",
  async () => {
    const { tenant, live, set, ask, stale } = await grow();
    await set("four");
    expect(await ask()).toBe("4;");
    await unsetSecret(services, tenant.scope, { agentId: live.agentId, name: "API_KEY" });
    expect(await stale()).toMatchObject([{ keys: [{ name: "API_KEY", heldVersion: 1, currentVersion: null }] }]);
    await applySecrets(services, tenant.scope, {});
    await refreshSecrets(services, { workspaceId: tenant.workspace.id }, idle);
    const { refreshes } = await listStaleSecrets(services, tenant.scope, {});
    expect(refreshes).toMatchObject([{ status: "failed", failureReason: expect.stringContaining("a secret that it requires") }]);
    expect(await ask()).toBe("4;");
    await provider.stop(live);
    expect(await stale()).toEqual([]);
    const refusal = await ask().catch((error: Error) => error.message);
    expect(refusal).toContain("a secret that it requires has no value");
    expect(refusal).not.toContain("API_KEY");
    const lines = (await provider.logs(live, { limit: 50 })).map(({ line }) => line);
    expect(lines.some((line) => line.includes("API_KEY has no value"))).toBe(true);
  },
  patienceMs,
);
