// A runtime, and what of it a manifest asks for, is judged by the plan at every call, before the provider hears of it (MISSION H3).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Tier } from "~/db/tables/workspaces";
import { startWeb, type Web } from "~/server/http/start-web";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { callAgent } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
let web: Web;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
const provider = createFakeProvider({ runtime: "agentcore" });

beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services, { tier: "pro" });
});

async function liveWith(agentcore?: Record<string, boolean>): Promise<LiveAgent> {
  const manifest = { runtime: "agentcore", ...(agentcore ? { agentcore } : {}) };
  const agent = await createLiveAgent(services, tenant, provider, { manifest });
  await services.owner.updateTable("deployments").set({ runtime: "agentcore" }).where("id", "=", agent.deploymentId).execute();
  return agent;
}

/** A gateway knows a plan for a second. */
async function setPlan(tier: Tier, changes?: Record<string, unknown>): Promise<void> {
  const { workspaceId, principal } = tenant.scope;
  await services.owner.updateTable("workspaces").set({ tier }).where("id", "=", workspaceId).execute();
  if (!changes) return;
  const override = { workspaceId, changes: JSON.stringify(changes), reason: "a test", setBy: principal.userId };
  await services.owner
    .insertInto("planOverrides")
    .values({ ...override, setAt: services.clock.now() })
    .execute();
}

async function call(agent: LiveAgent) {
  const answer = await callAgent(web.url, agent);
  const body = (await answer.json()) as { error?: { code: string; details: { limitType: string } } };
  return { status: answer.status, limitType: body.error?.details.limitType };
}

const onAgentCore = { runtimes: ["embedded", "agentcore"] };

describe("a call of an agent on AgentCore", () => {
  it("passes while the plan includes the runtime and what the manifest asks of it", async () => {
    expect(await call(await liveWith({ memory: true, browser: true, codeInterpreter: true }))).toMatchObject({ status: 200 });
  });

  it("is refused once the plan does not include the runtime", async () => {
    const agent = await liveWith();
    await setPlan("free");
    expect(await call(agent)).toEqual({ status: 402, limitType: "runtime" });
  });

  it.each(["memory", "browser", "codeInterpreter"])("is refused once the plan does not include its %s", async (wish) => {
    const [agent, plain] = [await liveWith({ [wish]: true }), await liveWith({ [wish]: false })];
    await setPlan("starter", onAgentCore);
    expect(await call(agent)).toEqual({ status: 402, limitType: "agentcore_capability" });
    expect(await call(plain), "an agent that does not ask for it").toMatchObject({ status: 200 });
  });
});
