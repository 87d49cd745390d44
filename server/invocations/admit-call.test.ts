// Whether a call may be made and where it goes: callers, agents, versions, requests and sessions.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { agentChangedChannel } from "~/server/agents/agent-changes";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { type Calling, callAgent, envelopeOf } from "~/server/testing/call-agent";
import { expectOnceAtMost } from "~/server/testing/expect-once-at-most";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, createLiveDeployment, type LiveAgent, type LiveAgentOptions } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
let provider: FakeProvider;
let web: Web;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;

beforeAll(async () => {
  provider = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterEach(() => web.drain());

const live = (options: LiveAgentOptions = {}) => createLiveAgent(services, tenant, provider, options);
const call = (agent: Pick<LiveAgent, "agentId" | "apiKey">, calling: Calling = {}) => callAgent(web.url, agent, calling);

/** The rows of calls, once everything is written down. */
async function recorded() {
  await web.drain();
  return services.owner.selectFrom("invocations").selectAll().orderBy("id").execute();
}

describe("who may call", () => {
  it("nobody without a key, and with a cookie only from our own pages", async () => {
    const agent = await live();
    const anonymous = await fetch(`${web.url}/v1/invoke/${agent.agentId}`, { method: "POST", body: "{}" });
    expect(await envelopeOf(anonymous)).toMatchObject({ status: 401, error: { code: "UNAUTHENTICATED" } });
    const foreignPage = await fetch(`${web.url}/v1/invoke/${agent.agentId}`, {
      method: "POST",
      headers: { cookie: "whs_session=x", origin: "https://elsewhere.example" },
      body: "{}",
    });
    expect(await envelopeOf(foreignPage)).toMatchObject({ status: 403, error: { details: { reason: "cross_origin" } } });
  });

  it("gets the same answer for a foreign agent as for a missing one, but for the trace id", async () => {
    const mine = await live();
    const theirs = await createLiveAgent(services, await createTestTenant(services), provider);
    const [foreign, missing, nonsense] = await Promise.all(
      [theirs.agentId, newId("agent"), "agt_%27"].map(async (agentId) =>
        envelopeOf(await call({ agentId, apiKey: mine.apiKey })),
      ),
    );
    expect(foreign).toMatchObject({ status: 404, error: { code: "NOT_FOUND" } });
    expect({ ...foreign, traceId: "" }).toEqual({ ...missing, traceId: "" });
    expect({ ...nonsense, traceId: "" }).toEqual({ ...missing, traceId: "" });
  });

  it("not a key that may only read, and not through another workspace's header", async () => {
    const reader = await live({ preset: "read" });
    expect(await envelopeOf(await call(reader))).toMatchObject({ status: 403, error: { code: "UNAUTHORIZED" } });
    const agent = await live();
    const elsewhere = await call(agent, { headers: { "x-workspace-id": newId("workspace") } });
    expect(elsewhere.status).toBe(404);
  });

  it("a version that is not live only whoever may deploy", async () => {
    const agent = await live();
    const before = agent.deploymentId;
    await createLiveDeployment(services, tenant, agent.agentId, { provider, module: `export default () => "new";` });
    const headers = { "x-deployment-id": before };
    expect(await (await call(agent, { headers })).json()).toMatchObject({ output: { text: "echo: hello" } });
    const { apiKey } = await live({ preset: "invoke" });
    expect((await call({ agentId: agent.agentId, apiKey }, { headers })).status).toBe(403);
    const foreign = await createLiveAgent(services, await createTestTenant(services), provider);
    expect((await call(agent, { headers: { "x-deployment-id": foreign.deploymentId } })).status).toBe(404);
  });

  it("not an agent that is disabled or was never deployed", async () => {
    const agent = await live();
    await services.owner.updateTable("agents").set({ activeDeploymentId: null }).where("id", "=", agent.agentId).execute();
    expect(await envelopeOf(await call(agent))).toMatchObject({ status: 409, error: { details: { reason: "not_deployed" } } });
    const other = await live();
    await services.owner.updateTable("agents").set({ disabledAt: new Date() }).where("id", "=", other.agentId).execute();
    expect(await envelopeOf(await call(other))).toMatchObject({ status: 409, error: { details: { reason: "agent_disabled" } } });
  });

  it("notices within a second that an agent was disabled, and at once when it is told", async () => {
    await expectOnceAtMost(1_000, async () => {
      const agent = await live();
      expect((await call(agent)).status).toBe(200);
      await services.owner.updateTable("agents").set({ disabledAt: new Date() }).where("id", "=", agent.agentId).execute();
      const began = performance.now();
      await services.redis.publish(agentChangedChannel, agent.agentId);
      await expect.poll(async () => (await call(agent)).status).toBe(409);
      return performance.now() - began;
    });
  });
});

describe("a request", () => {
  const bad: Record<string, [unknown, number]> = {
    "that is not JSON": ["{", 400],
    "without input": [{}, 400],
    "with both prompt and messages": [{ input: { prompt: "a", messages: [{ role: "user", content: "b" }] } }, 400],
    "with a role nobody has": [{ input: { messages: [{ role: "root", content: "b" }] } }, 400],
    "with an unknown key": [{ input: { prompt: "a" }, userId: "usr_1" }, 400],
    "with 201 messages": [{ input: { messages: Array.from({ length: 201 }, () => ({ role: "user", content: "b" })) } }, 400],
    "over its cap": [JSON.stringify({ input: { prompt: "a" } }).padEnd(1024 * 1024 + 1), 413],
    "with somebody's session": [{ input: { prompt: "a" }, sessionId: "ses_01ARZ3NDEKTSV4RRFFQ69G5FAV" }, 404],
  };
  for (const [name, [body, status]] of Object.entries(bad)) {
    it(`${name} is refused in the envelope, before any provider is asked`, async () => {
      const agent = await live();
      const refused = await envelopeOf(await call(agent, { body }));
      expect(refused.status).toBe(status);
      expect(refused.traceId).toMatch(/^trc_/);
      expect(await recorded()).toEqual([]);
    });
  }

  it("says at which field it is wrong", async () => {
    const agent = await live();
    const { error } = await envelopeOf(await call(agent, { body: { input: { prompt: "a" }, options: { temperature: 9 } } }));
    expect(error.details).toMatchObject({ issues: [{ path: "options.temperature" }] });
  });
});

describe("a session", () => {
  const counter = `export default async (request, context) => {
    const count = ((await context.session.get("count")) ?? 0) + 1;
    await context.session.set("count", count);
    return context.agent.version + "/" + count;
  };`;
  const textOf = async (answer: Response) => ((await answer.json()) as { output: { text: string } }).output.text;

  it("goes on where it was, for its own caller only", async () => {
    const agent = await live({ module: counter });
    const { sessionId } = (await (await call(agent)).json()) as { sessionId: string };
    const body = { input: { prompt: "again" }, sessionId };
    expect(await textOf(await call(agent, { body }))).toBe("1/2");
    const { apiKey } = await live();
    const stranger = await envelopeOf(await call({ agentId: agent.agentId, apiKey }, { body }));
    const missing = await envelopeOf(await call(agent, { body: { ...body, sessionId: newId("agentSession") } }));
    expect(stranger.status).toBe(404);
    expect({ ...stranger, traceId: "" }).toEqual({ ...missing, traceId: "" });
  });

  it("stays on its deployment, unless the new one's manifest lets it move", async () => {
    const agent = await live({ module: counter });
    const { sessionId } = (await (await call(agent)).json()) as { sessionId: string };
    const again = () => call(agent, { body: { input: { prompt: "again" }, sessionId } }).then(textOf);
    await createLiveDeployment(services, tenant, agent.agentId, { provider, module: counter });
    await services.redis.publish(agentChangedChannel, agent.agentId);
    await vi.waitFor(async () => expect(await textOf(await call(agent))).toMatch(/^2/), { timeout: 30_000, interval: 20 });
    expect(await again()).toMatch(/^1/);
    const manifest = { sessions: { onDeploy: "move", whileBusy: "queue" } };
    const newest = await createLiveDeployment(services, tenant, agent.agentId, { provider, module: counter, manifest });
    await services.redis.publish(agentChangedChannel, agent.agentId);
    await vi.waitFor(async () => expect(await again()).toMatch(/^3/), { timeout: 30_000, interval: 20 });
    await web.drain();
    const row = await services.owner.selectFrom("agentSessions").select("deploymentId").where("id", "=", sessionId).execute();
    expect(row).toEqual([{ deploymentId: newest }]);
  });
});
