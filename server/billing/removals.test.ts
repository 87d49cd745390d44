// What a smaller plan is foretold to remove is what its sweeps then remove, and what can then be read no more: no more and no less (AHEAD 15).
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { clampKeeping } from "~/server/conversations/clamp-keeping";
import { sweepConversations } from "~/server/conversations/sweep-conversations";
import { sweepDeploymentLogs } from "~/server/deployments/sweep-deployment-logs";
import { sweepVersions } from "~/server/deployments/sweep-versions";
import { newId } from "~/server/ids";
import { sweepInvocations } from "~/server/invocations/sweep-invocations";
import { listLogs } from "~/server/logs/list-logs";
import { LogWriter } from "~/server/logs/log-writer";
import { receiveLogs } from "~/server/logs/receive-logs";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { addTestMember, createTestDeployment, createTestTenant, createTestUser } from "~/server/testing/factories";
import { insertInvocations } from "~/server/testing/insert-invocations";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { readBilling } from "./read-billing";
import { simulateTier } from "./simulate-tier";

const now = new Date("2026-11-22T10:20:00Z");
const dayMs = 86_400_000;

let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;
beforeAll(async () => {
  services = await createTestServices({ now, providers: createProviderRegistry([createFakeProvider()]) });
});
afterAll(() => services.dispose());
beforeEach(begin);

async function begin(): Promise<void> {
  await services.reset();
  services.clock.set(now);
  tenant = await createTestTenant(services, { tier: "pro" });
  agent = await createLiveAgent(services, tenant, null);
}

const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);

async function grow(ages: readonly number[], versions: { superseded: number; failed: number }): Promise<void> {
  const { workspaceId, agentId, deploymentId } = agent;
  const place = { workspaceId, agentId, deploymentId };
  const principal = `user:${tenant.user.id}`;
  const outcome = { outcome: "ok", errorCode: null, errorClass: null, errorMessage: null } as const;
  const measured = { mode: "json" as const, ...outcome, computeMs: 1, tokens: 1, firstByteMs: 1 };
  const calls = ages.map((days) => {
    const whose = { id: newId("invocation"), traceId: newId("trace"), sessionId: null, principal };
    return { ...place, ...whose, ...measured, startedAt: daysAgo(days) };
  });
  await insertInvocations(services.across, calls);
  for (const days of ages) await growAt(daysAgo(days), days);
  await keepTurns(ages);
  const of = { id: agentId, workspaceId, name: "an-agent", owner: tenant.user };
  for (const [status, count] of Object.entries(versions) as ["superseded" | "failed", number][]) {
    for (let made = 1; made <= count; made += 1) {
      const version = (status === "failed" ? 100 : 10) + made;
      await createTestDeployment(services, of, { version, status });
    }
  }
}

async function growAt(moment: Date, seq: number): Promise<void> {
  const { workspaceId, deploymentId } = agent;
  const line = { workspaceId, deploymentId, stage: "built" as const, level: "info" as const, line: "built", createdAt: moment };
  await services.owner.insertInto("deploymentLogs").values(line).execute();
  services.clock.set(moment);
  const printed = { seq: 1, at: moment.toISOString(), stream: "stdout" as const, line: `line ${seq}` };
  const source = newId("trace").slice(-26).toLowerCase();
  await receiveLogs(new LogWriter(services), { source, deployments: [{ deploymentId, lines: [printed] }] });
  services.clock.set(now);
}

/** A year long, as a larger plan let it. */
async function keepTurns(ages: readonly number[]): Promise<void> {
  const { workspaceId, agentId, deploymentId } = agent;
  const keeping = { workspaceId, agentId, keepDays: 395, keptSince: daysAgo(395), setBy: tenant.user.id };
  await services.owner.insertInto("conversationSettings").values(keeping).execute();
  for (const days of ages) {
    const said = { sealedTurn: Buffer.from("sealed"), isCut: false, outcome: "ok" as const, principal: `user:${tenant.user.id}` };
    const when = { startedAt: daysAgo(days), expiresAt: daysAgo(days - 395) };
    const turn = { id: newId("conversationTurn"), sessionId: newId("agentSession"), traceId: newId("trace"), ...said, ...when };
    await services.owner
      .insertInto("conversationTurns")
      .values({ workspaceId, agentId, deploymentId, ...turn })
      .execute();
  }
}

async function readLines(): Promise<number> {
  const { items } = await listLogs(services, tenant.scope, { agentId: agent.agentId, order: "newest", limit: 1_000 });
  return items.length;
}

/** What goes when the workspace is on that plan. */
async function enforce(tier: "free" | "starter") {
  const read = await readLines();
  await services.owner.updateTable("workspaces").set({ tier }).where("id", "=", agent.workspaceId).execute();
  const { pruned: versions } = await sweepVersions(services);
  await clampKeeping(services);
  return {
    versions,
    calls: await sweepInvocations(services),
    deployment_lines: await sweepDeploymentLogs(services),
    conversations: await sweepConversations(services),
    output: read - (await readLines()),
  };
}

async function foretell(tier: "free" | "starter") {
  const { removes } = await simulateTier(services, tenant.scope, tier);
  const none = { calls: 0, deployment_lines: 0, conversations: 0, output: 0 };
  const aged = Object.fromEntries(removes.aged.map(({ kind, count }) => [kind, count]));
  return { ...none, ...aged, versions: removes.versions.reduce((sum, { count }) => sum + count, 0) };
}

/** Clear of the hours in which a day is half over. */
const age = fc.constantFrom(1, 20, 33, 60, 85, 93, 120, 170);
const stories = fc.record({
  ages: fc.uniqueArray(age, { maxLength: 8 }),
  versions: fc.record({ superseded: fc.integer({ min: 0, max: 13 }), failed: fc.integer({ min: 0, max: 12 }) }),
  tier: fc.constantFrom("free" as const, "starter" as const),
});

describe("what a smaller plan removes", () => {
  it("is what was foretold, for random workspaces, through the sweeps themselves", async () => {
    await fc.assert(
      fc
        .asyncProperty(stories, async ({ ages, versions, tier }) => {
          await grow(ages, versions);
          const foretold = await foretell(tier);
          expect(await enforce(tier)).toEqual(foretold);
          expect(await foretell(tier)).toEqual({ calls: 0, deployment_lines: 0, conversations: 0, output: 0, versions: 0 });
        })
        .beforeEach(begin),
      { numRuns: 8 },
    );
  }, 120_000);

  it("is told by agent and by age, on the page of plans too, and larger plans remove nothing", async () => {
    await grow([20, 60, 120], { superseded: 12, failed: 11 });
    const { removes } = await simulateTier(services, tenant.scope, "free");
    expect(removes.versions).toMatchObject([{ agentId: agent.agentId, count: 3, oldest: 11, newest: 101 }]);
    expect(removes.aged).toEqual(
      ["calls", "output", "deployment_lines", "conversations"].map((kind) => ({ kind, keptDays: 30, count: 2 })),
    );
    const { offers } = await readBilling(services, tenant.scope);
    expect(offers.map(({ tier, stops }) => [tier, stops.removes.aged[0]?.count ?? 0])).toEqual([
      ["free", 2],
      ["starter", 1],
      ["pro", 0],
      ["enterprise", 0],
    ]);
    expect(offers.find(({ tier }) => tier === "free")?.stops.removes).toEqual(removes);
  });

  it("of another workspace is nobody's to know", async () => {
    await grow([120], { superseded: 12, failed: 0 });
    const stranger = await createTestTenant(services, { tier: "pro" });
    await addTestMember(services, stranger.workspace, await createTestUser(services), "member");
    expect((await simulateTier(services, stranger.scope, "free")).removes).toEqual({ versions: [], aged: [] });
  });
});
