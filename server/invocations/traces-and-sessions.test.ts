// Looking for what went wrong: failed calls by class and time, everything under one trace id, and sessions with whose they are.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { principalName } from "~/server/auth/principal";
import { newId } from "~/server/ids";
import { EventWriter } from "~/server/telemetry/event-writer";
import {
  addTestMember,
  createTestManifest,
  createTestTenant,
  createTestUser,
  principalOf,
  scopeOf,
} from "~/server/testing/factories";
import { insertInvocations } from "~/server/testing/insert-invocations";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import type { NewInvocation } from "./call-records.queries";
import { findTrace } from "./find-trace";
import { insertAgentSessionsAcrossWorkspaces } from "./invocations.queries";
import { listAgentSessions } from "./list-agent-sessions";
import { listInvocations } from "./list-invocations";

const now = new Date("2026-11-22T10:20:00Z");
const minuteMs = 60_000;

let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;
let made = 0;
beforeAll(async () => {
  services = await createTestServices({ now });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  made = 0;
  tenant = await createTestTenant(services);
  agent = await createLiveAgent(services, tenant, null);
});

function call(part: Partial<NewInvocation> = {}): NewInvocation {
  made += 1;
  return {
    id: `inv_${String(made).padStart(26, "0")}`,
    traceId: newId("trace"),
    workspaceId: agent.workspaceId,
    agentId: agent.agentId,
    deploymentId: agent.deploymentId,
    sessionId: null,
    principal: `user:${tenant.user.id}`,
    mode: "stream",
    outcome: "ok",
    errorCode: null,
    errorClass: null,
    errorMessage: null,
    computeMs: 10,
    tokens: 1,
    firstByteMs: 1,
    startedAt: now,
    ...part,
  };
}

const failure = { outcome: "error", errorCode: "RUNTIME_ERROR", errorClass: "runtime", errorMessage: "It threw." } as const;

async function seen(filter: Parameters<typeof listInvocations>[2] extends infer Input ? Partial<Input> : never) {
  const { items } = await listInvocations(services, tenant.scope, { limit: 25, ...filter });
  return items.map((item) => item.traceId);
}

describe("calls", () => {
  it("are narrowed by outcome, class, time and session, each by itself and all together", async () => {
    const sessionId = newId("agentSession");
    const early = { startedAt: new Date(now.getTime() - 10 * minuteMs) };
    const limited = { ...failure, errorCode: "LIMIT_EXCEEDED", errorClass: "limit" } as const;
    const rows = [call(), call({ ...failure, ...early }), call({ ...failure, sessionId }), call({ ...limited, sessionId })];
    await insertInvocations(services.across, rows);
    const [fine, old, threw, refused] = rows.map((row) => row.traceId);
    const from = new Date(now.getTime() - minuteMs);
    expect(await seen({ outcome: "error" })).toEqual([refused, threw, old]);
    expect(await seen({ outcome: "ok" })).toEqual([fine]);
    expect(await seen({ errorClass: "limit" })).toEqual([refused]);
    expect(await seen({ sessionId })).toEqual([refused, threw]);
    expect(await seen({ to: from })).toEqual([old]);
    expect(await seen({ outcome: "error", errorClass: "runtime", from, sessionId, agentId: agent.agentId })).toEqual([threw]);
  });
});

describe("a trace", () => {
  it("holds its calls first to last with whoever made them, and the runtime's reports", async () => {
    const traceId = newId("trace");
    const byKey = `api_key:${newId("apiKey")}`;
    await insertInvocations(services.across, [call({ ...failure, traceId }), call({ traceId, principal: byKey }), call()]);
    await new EventWriter(services).write([
      {
        retentionClass: "d30",
        occurredAt: now.toISOString(),
        deploymentId: agent.deploymentId,
        eventId: newId("event"),
        workspaceId: agent.workspaceId,
        agentId: agent.agentId,
        userId: agent.ownerUserId,
        runtimeProvider: "embedded",
        requests: 1,
        llmTokens: 42,
        computeMs: 9,
        toolCalls: 2,
        errors: 1,
        errorClass: "runtime",
        costUsdEstimated: 0.5,
        traceId,
      },
    ]);
    const trace = await findTrace(services, tenant.scope, { traceId });
    expect(trace.calls).toMatchObject([
      { outcome: "error", errorMessage: "It threw.", deploymentStatus: "active", runtime: "embedded", llmTokens: 42 },
      { outcome: "ok", isRecovered: false },
    ]);
    expect(trace.calls.map((one) => one.caller)).toEqual([
      { kind: "user", id: tenant.user.id, name: "Test Person", prefix: null, state: "current" },
      { kind: "api_key", id: byKey.slice("api_key:".length), name: null, prefix: null, state: "deleted" },
    ]);
    expect(trace.events).toMatchObject([{ llmTokens: 42, errors: 1, errorClass: "runtime", deploymentId: agent.deploymentId }]);
  });

  it("of another workspace is as empty as one that nobody ever saw", async () => {
    const row = call(failure);
    await insertInvocations(services.across, [row]);
    const { traceId } = row;
    const stranger = await createTestTenant(services);
    expect(await findTrace(services, stranger.scope, { traceId })).toEqual({ traceId, calls: [], events: [] });
  });
});

describe("sessions", () => {
  it("say whose they are and how much was called; the own ones are told apart, and listed alone", async () => {
    const colleague = await createTestUser(services);
    await addTestMember(services, tenant.workspace, colleague, "member");
    const session = (id: string, principal: string, minutesAgo: number) => ({
      id,
      workspaceId: agent.workspaceId,
      agentId: agent.agentId,
      deploymentId: agent.deploymentId,
      principal,
      lastUsedAt: new Date(now.getTime() - minutesAgo * minuteMs),
    });
    const [own, theirs] = [newId("agentSession"), newId("agentSession")];
    await insertAgentSessionsAcrossWorkspaces(services.across, [
      session(own, `user:${tenant.user.id}`, 2),
      session(theirs, principalName(principalOf(colleague)), 1),
    ]);
    await insertInvocations(services.across, [call({ sessionId: own }), call({ sessionId: own }), call()]);
    const ask = { agentId: agent.agentId, limit: 25 };
    const all = await listAgentSessions(services, tenant.scope, { ...ask, isOwnOnly: false });
    expect(all.items).toMatchObject([
      { sessionId: theirs, isOwn: false, calls: 0, isStranded: false, caller: { kind: "user", id: colleague.id } },
      { sessionId: own, isOwn: true, calls: 2, version: 1 },
    ]);
    const scope = await scopeOf(services, colleague, tenant.workspace, "agent.invoke");
    const alone = await listAgentSessions(services, scope, { ...ask, isOwnOnly: true });
    expect(alone.items.map((item) => item.sessionId)).toEqual([theirs]);
  });

  it("are all listed page by page, though several were used in the same millisecond", async () => {
    const { workspaceId, agentId, deploymentId } = agent;
    const principal = `user:${tenant.user.id}`;
    const ids = Array.from({ length: 7 }, () => newId("agentSession"));
    const rows = ids.map((id) => ({ id, workspaceId, agentId, deploymentId, principal, lastUsedAt: now }));
    await insertAgentSessionsAcrossWorkspaces(services.across, rows);
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const wish = { agentId, limit: 2, isOwnOnly: false, ...(cursor === "" ? {} : { cursor }) };
      const page: Awaited<ReturnType<typeof listAgentSessions>> = await listAgentSessions(services, tenant.scope, wish);
      seen.push(...page.items.map(({ sessionId }) => sessionId));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids.sort().reverse());
    const bad = { agentId, limit: 2, isOwnOnly: false, cursor: "x~y" };
    expect(() => listAgentSessions(services, tenant.scope, bad)).toThrow("cursor of the page before");
  });

  it("on a version that is on no runtime any more are stranded, unless their bundle moves sessions along", async () => {
    const sessionId = newId("agentSession");
    const principal = `user:${tenant.user.id}`;
    const { workspaceId, agentId, deploymentId } = agent;
    await insertAgentSessionsAcrossWorkspaces(services.across, [
      { id: sessionId, workspaceId, agentId, deploymentId, principal, lastUsedAt: now },
    ]);
    await services.owner.updateTable("agents").set({ activeDeploymentId: null }).where("id", "=", agentId).execute();
    const prune = async (onDeploy: "stay" | "move") => {
      const manifest = JSON.stringify(createTestManifest({ sessions: { onDeploy } }));
      await sql`update deployments set status = 'superseded', pruned_at = ${now}, manifest = ${manifest}::jsonb
        where id = ${deploymentId}`.execute(services.owner);
    };
    const list = () => listAgentSessions(services, tenant.scope, { agentId, limit: 25, isOwnOnly: false });
    await prune("stay");
    expect((await list()).items).toMatchObject([{ sessionId, isStranded: true }]);
    await prune("move");
    expect((await list()).items).toMatchObject([{ sessionId, isStranded: false }]);
  });
});
