// One click stops an account within two seconds on every process, leaves its neighbour alone, and can be taken back (AHEAD 9, MISSION A8).
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startWorkers, type Workers } from "~/jobs/work";
import { createAgent } from "~/server/agents/create-agent";
import type { UserPrincipal } from "~/server/auth/principal";
import { openSessions } from "~/server/auth/sessions";
import { createDeployment } from "~/server/deployments/create-deployment";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import type { Provider } from "~/server/providers/provider";
import { uploadBundle } from "~/server/testing/bundles";
import { callAgent, eventsOf } from "~/server/testing/call-agent";
import { expectOnceAtMost } from "~/server/testing/expect-once-at-most";
import { createTestTenant, createTestUser, principalOf } from "~/server/testing/factories";
import { type FurtherProcess, openFurtherProcess } from "~/server/testing/further-process";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { browser, cookieOf } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import type { Act } from "./acts.contract";
import { performAct } from "./perform-act";

/** What we promise. */
const withinMs = 2_000;
const endless = `export default async function* (_request, { signal }) {
  while (!signal.aborted) { yield "."; await new Promise((resolve) => setTimeout(resolve, 50)); }
}`;

type Tenant = Awaited<ReturnType<typeof createTestTenant>>;

const fake = createFakeProvider();
let gate: "open" | "shut" = "open";
/** New versions of the queue wait in their start while the gate is shut. */
const provider: Provider = {
  ...fake,
  activate: (target, options) => (gate === "open" ? fake.activate(target, options) : new Promise(() => {})),
};

let services: TestServices;
let operator: UserPrincipal;
let further: FurtherProcess[] = [];
let webs: Web[] = [];
let workers: Workers | null = null;

beforeAll(async () => {
  services = await createTestServices({ queue: "bullmq", providers: createProviderRegistry([provider]) });
  services.log.level = "silent";
  operator = principalOf(await createTestUser(services, { isSuperAdmin: true }), { isSuperAdmin: true });
});
beforeEach(() => {
  gate = "open";
});
afterEach(async () => {
  await Promise.all(webs.map((web) => web.drain()));
  await workers?.drain();
  await Promise.all(further.map((process) => process.close()));
  [webs, further, workers] = [[], [], null];
});
afterAll(() => services.dispose());

async function startProcesses(redis: "same" | "away"): Promise<void> {
  further = Array.from({ length: 3 }, () => openFurtherProcess(services, { redis }));
  const [first, second, third] = further.map((process) => process.services);
  if (!first || !second || !third) throw new Error("Three were opened.");
  webs = await Promise.all([first, second].map((needs) => startWeb(needs, { rootDirectory: null, watchesBuild: false })));
  workers = await startWorkers(third);
}

const act = (name: Act, targetId: string, confirmation = "") =>
  performAct(
    further[0]?.services ?? services,
    { operator, visitor: { traceId: newId("trace"), ipAddress: "10.0.0.9", userAgent: null } },
    { act: name, targetId, reason: "Reported for abuse.", confirmation },
  );

type OpenStream = { hasEnded(): boolean; ended: Promise<string>; leave(): void };

/** Resolves when the first word has come. */
async function openStream(url: string, agent: LiveAgent, headers: Record<string, string> = {}): Promise<OpenStream> {
  const leaving = new AbortController();
  const answer = await callAgent(url, agent, { path: "/stream", headers, signal: leaving.signal });
  expect(answer.status).toBe(200);
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader?.read())?.value ?? "";
  let hasEnded = false;
  const drain = async () => {
    for (;;) {
      const step = await reader?.read();
      if (!step || step.done) break;
      text += step.value;
    }
    hasEnded = true;
    return text;
  };
  const ended = drain();
  ended.catch(() => undefined);
  return { hasEnded: () => hasEnded, ended, leave: () => leaving.abort() };
}

/** Half on each of the two web processes. */
function openStreams(agent: LiveAgent, count: number): Promise<OpenStream[]> {
  return Promise.all(Array.from({ length: count }, (_, place) => openStream(webs[place % 2]?.url ?? "", agent)));
}

const lastError = (text: string) => eventsOf(text).at(-1)?.data["error"];

/** Twenty versions of four agents; four of them run and hang, the others wait. */
async function queueTwenty(tenant: Tenant): Promise<string[]> {
  gate = "shut";
  const ids: string[] = [];
  for (let agent = 0; agent < 4; agent += 1) {
    const { agentId } = await createAgent(services, tenant.scope, { name: `bot-${agent}`, description: "" });
    const { uploadId } = await uploadBundle(services, tenant.scope);
    for (let version = 0; version < 5; version += 1) {
      ids.push((await createDeployment(services, tenant.scope, { agentId, uploadId, activate: true })).deploymentId);
    }
  }
  await expect.poll(() => countStatus(ids, "running"), { timeout: 30_000 }).toBe(4);
  return ids;
}

async function countStatus(ids: string[], ...statuses: string[]): Promise<number> {
  const rows = await services.owner.selectFrom("deployments").select("status").where("id", "in", ids).execute();
  return rows.filter(({ status }) => statuses.includes(status)).length;
}

/** A workspace with 50 open streams and 20 waiting or running jobs, and how long it took until all of them had stopped. */
async function disableBusyWorkspace() {
  const victim = await createTestTenant(services, { tier: "enterprise" });
  const agent = await createLiveAgent(services, victim, fake, { module: endless });
  const streams = await openStreams(agent, 50);
  const jobs = await queueTwenty(victim);
  const began = performance.now();
  await act("disable_workspace", victim.workspace.id, victim.workspace.name);
  const texts = await Promise.all(streams.map(({ ended }) => ended));
  await expect.poll(() => countStatus(jobs, "queued"), { interval: 25 }).toBe(20);
  const tookMs = performance.now() - began;
  for (const text of texts)
    expect(lastError(text)).toMatchObject({ code: "UNAUTHORIZED", details: { reason: "workspace_disabled" } });
  return { victim, agent, jobs, tookMs };
}

const auditOf = (chain: string, action: string, targetId: string) =>
  services.owner
    .selectFrom("auditEntries")
    .select(["actorKind", "actorId", "ipAddress", "metadata"])
    .where("workspaceId", "=", chain)
    .where("action", "=", action)
    .where("targetId", "=", targetId)
    .execute();

for (const redis of ["same", "away"] as const) {
  describe(`disabling a workspace, with Redis ${redis === "same" ? "up" : "away"}`, () => {
    it("ends 50 streams and stops 20 jobs in time, spares the neighbour, and gives all back", { timeout: 240_000 }, async () => {
      await startProcesses(redis);
      const neighbour = await createTestTenant(services, { tier: "enterprise" });
      const other = await createLiveAgent(services, neighbour, fake, { module: endless });
      const neighbours = await openStreams(other, 4);

      const disabled: Awaited<ReturnType<typeof disableBusyWorkspace>>[] = [];
      await expectOnceAtMost(withinMs, async () => {
        const one = await disableBusyWorkspace();
        disabled.push(one);
        return one.tookMs;
      });
      const { victim, agent, jobs } = disabled.at(-1) as (typeof disabled)[number];

      expect(neighbours.some((stream) => stream.hasEnded())).toBe(false);
      await expect.poll(async () => (await callAgent(webs[0]?.url ?? "", agent)).status).toBe(403);
      const refused = createDeployment(services, victim.scope, { agentId: agent.agentId, uploadId: "upl_x", activate: true });
      await expect(refused).rejects.toThrow();

      gate = "open";
      const { agentId } = await createAgent(services, neighbour.scope, { name: "next-door", description: "" });
      const { uploadId } = await uploadBundle(services, neighbour.scope);
      const { deploymentId } = await createDeployment(services, neighbour.scope, { agentId, uploadId, activate: true });
      await expect.poll(() => countStatus([deploymentId], "active"), { timeout: 30_000 }).toBe(1);
      expect(await countStatus(jobs, "queued")).toBe(20);

      await act("enable_workspace", victim.workspace.id);
      await expect.poll(() => countStatus(jobs, "active", "ready", "superseded"), { timeout: 30_000 }).toBe(20);
      const again = await openStream(webs[1]?.url ?? "", agent);
      expect(again.hasEnded()).toBe(false);
      for (const stream of [again, ...neighbours]) stream.leave();

      const reason = { reason: "Reported for abuse." };
      for (const action of ["workspace.disable", "workspace.enable"]) {
        expect(await auditOf(victim.workspace.id, action, victim.workspace.id)).toEqual([
          { actorKind: "operator", actorId: null, ipAddress: null, metadata: reason },
        ]);
        expect(await auditOf("platform", action, victim.workspace.id)).toEqual([
          { actorKind: "user", actorId: operator.userId, ipAddress: "10.0.0.9", metadata: reason },
        ]);
        expect(await auditOf(neighbour.workspace.id, action, victim.workspace.id)).toEqual([]);
      }
    });
  });
}

describe("disabling a person", () => {
  it("ends what they and their keys hold open, and nothing of the others in the same workspace", async () => {
    await startProcesses("same");
    const tenant = await createTestTenant(services, { tier: "enterprise" });
    const agent = await createLiveAgent(services, tenant, fake, { module: endless });
    const colleague = await createTestTenant(services);
    const { workspaceId } = agent;
    await services.owner.insertInto("memberships").values({ workspaceId, userId: colleague.user.id, role: "member" }).execute();
    const theirs = await openStream(webs[0]?.url ?? "", agent);
    const setCookie = await openSessions(services).create(colleague.user.id, browser);
    const bySession = await openSessionStream(agent.agentId, cookieOf(setCookie));

    await act("disable_user", tenant.user.id);
    expect(lastError(await theirs.ended)).toMatchObject({ details: { reason: "account_disabled" } });
    expect(bySession.hasEnded()).toBe(false);
    await expect.poll(async () => (await callAgent(webs[1]?.url ?? "", agent)).status).toBe(403);

    await act("enable_user", tenant.user.id);
    await expect.poll(async () => (await openAndLeave(agent)) === 200).toBe(true);

    await act("end_user_sessions", colleague.user.id);
    expect(lastError(await bySession.ended)).toMatchObject({ code: "UNAUTHENTICATED", details: { reason: "session_ended" } });
  });

  async function openSessionStream(agentId: string, cookie: string): Promise<OpenStream> {
    const url = webs[1]?.url ?? "";
    const answer = await fetch(`${url}/v1/invoke/${agentId}/stream`, {
      method: "POST",
      headers: { cookie, origin: url, "content-type": "application/json" },
      body: JSON.stringify({ input: { prompt: "hello" } }),
    });
    expect(answer.status).toBe(200);
    let hasEnded = false;
    const ended = answer.text().finally(() => {
      hasEnded = true;
    });
    return { hasEnded: () => hasEnded, ended, leave: () => undefined };
  }

  async function openAndLeave(agent: LiveAgent): Promise<number> {
    const leaving = new AbortController();
    const answer = await callAgent(webs[0]?.url ?? "", agent, { path: "/stream", signal: leaving.signal });
    leaving.abort();
    return answer.status;
  }
});
