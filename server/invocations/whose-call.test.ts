// Whose a session or call is, by name: of people and keys, of those who are gone too; and calls whose tokens are assumed say so.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ApiKeysTable } from "~/db/tables/api-keys";
import { newId } from "~/server/ids";
import { sha256Hex } from "~/server/sha256";
import { exportUsage } from "~/server/telemetry/export-usage";
import { addTestMember, createTestTenant, createTestUser, scopeOf } from "~/server/testing/factories";
import { insertInvocations } from "~/server/testing/insert-invocations";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import type { NewInvocation } from "./call-records.queries";
import { findTrace } from "./find-trace";
import { inspectSession } from "./inspect-session";
import { insertAgentSessionsAcrossWorkspaces } from "./invocations.queries";
import { listAgentSessions } from "./list-agent-sessions";
import { listInvocations } from "./list-invocations";

const now = new Date("2026-11-22T10:20:00Z");
const past = new Date(now.getTime() - 1);

let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;
beforeAll(async () => {
  services = await createTestServices({ now });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
  agent = await createLiveAgent(services, tenant, null);
});

async function growKey(name: string, changes: Partial<Pick<ApiKeysTable, "revokedAt" | "expiresAt">> = {}): Promise<string> {
  const [id, { workspace, user }] = [newId("apiKey"), tenant];
  const row = { id, workspaceId: workspace.id, createdBy: user.id, name, preset: "all" as const, prefix: `whs_${name}` };
  await services.owner
    .insertInto("apiKeys")
    .values({ ...row, secretHash: sha256Hex(id), ...changes })
    .execute();
  return id;
}

async function beginSession(principal: string): Promise<string> {
  const { workspaceId, agentId, deploymentId } = agent;
  const id = newId("agentSession");
  await insertAgentSessionsAcrossWorkspaces(services.across, [
    { id, workspaceId, agentId, deploymentId, principal, lastUsedAt: now },
  ]);
  return id;
}

function call(part: Partial<NewInvocation> = {}): NewInvocation {
  const { workspaceId, agentId, deploymentId } = agent;
  const failed = { outcome: "aborted", errorCode: null, errorClass: null, errorMessage: null } as const;
  const measured = { computeMs: 10, tokens: 1, firstByteMs: 1, startedAt: now };
  const whose = { traceId: newId("trace"), workspaceId, agentId, deploymentId, sessionId: null };
  return {
    id: newId("invocation"),
    ...whose,
    principal: `user:${tenant.user.id}`,
    mode: "json",
    ...failed,
    ...measured,
    ...part,
  };
}

async function callerOf(principal: string, scope = tenant.scope) {
  const sessionId = await beginSession(principal);
  const row = call({ principal, sessionId });
  await insertInvocations(services.across, [row]);
  const { items } = await listAgentSessions(services, scope, { agentId: agent.agentId, limit: 25, isOwnOnly: false });
  const listed = items.find((item) => item.sessionId === sessionId)?.caller;
  const inspected = (await inspectSession(services, scope, { agentId: agent.agentId, sessionId })).principal;
  const [traced] = (await findTrace(services, scope, { traceId: row.traceId })).calls;
  expect(inspected).toEqual(listed);
  expect(traced?.caller).toEqual(listed);
  return listed;
}

describe("the list of sessions, a session and a trace", () => {
  it("name keys by name and prefix, and say of each whether it still counts", async () => {
    const keys = {
      current: await growKey("backend"),
      revoked: await growKey("leaked", { revokedAt: past, expiresAt: past }),
      ended: await growKey("trial", { expiresAt: past }),
    };
    for (const [state, id] of Object.entries(keys)) {
      const name = { current: "backend", revoked: "leaked", ended: "trial" }[state] ?? "";
      expect(await callerOf(`api_key:${id}`)).toEqual({ kind: "api_key", id, name, prefix: `whs_${name}`, state });
    }
    const gone = newId("apiKey");
    expect(await callerOf(`api_key:${gone}`)).toEqual({ kind: "api_key", id: gone, name: null, prefix: null, state: "deleted" });
  });

  it("name members, and say of everybody else that they left", async () => {
    const { id } = tenant.user;
    expect(await callerOf(`user:${id}`)).toEqual({ kind: "user", id, name: "Test Person", prefix: null, state: "current" });
    const stranger = await createTestUser(services);
    const left = { kind: "user", id: stranger.id, name: null, prefix: null, state: "left" };
    expect(await callerOf(`user:${stranger.id}`)).toEqual(left);
  });

  it("show no prefix to whoever may not see keys, and never another workspace's name", async () => {
    const [id, support] = [await growKey("backend"), await createTestUser(services)];
    await addTestMember(services, tenant.workspace, support, "support");
    const scope = await scopeOf(services, support, tenant.workspace, "conversation.read");
    expect(await callerOf(`api_key:${id}`, scope)).toMatchObject({ name: "backend", prefix: null, state: "current" });
    const mine = agent;
    tenant = await createTestTenant(services);
    const foreign = await growKey("theirs");
    tenant = { ...tenant, scope };
    agent = mine;
    expect(await callerOf(`api_key:${foreign}`, scope)).toMatchObject({ name: null, state: "deleted" });
  });
});

it("a call whose tokens are assumed says so and what it is charged, in the list, in its trace and in its session", async () => {
  const sessionId = await beginSession(`user:${tenant.user.id}`);
  const known = call({ sessionId, tokens: 7 });
  const assumed = call({ sessionId, tokens: 20_000, tokensAreAssumed: true });
  await insertInvocations(services.across, [known, assumed]);
  const { items } = await listInvocations(services, tenant.scope, { limit: 25 });
  const facts = items.map(({ traceId, tokensCharged, tokensAreAssumed }) => ({ traceId, tokensCharged, tokensAreAssumed }));
  expect(facts).toEqual(
    expect.arrayContaining([
      { traceId: known.traceId, tokensCharged: 7, tokensAreAssumed: false },
      { traceId: assumed.traceId, tokensCharged: 20_000, tokensAreAssumed: true },
    ]),
  );
  const { calls } = await findTrace(services, tenant.scope, { traceId: assumed.traceId });
  expect(calls).toMatchObject([{ tokensCharged: 20_000, tokensAreAssumed: true, llmTokens: null }]);
  const session = await inspectSession(services, tenant.scope, { agentId: agent.agentId, sessionId });
  expect(session).toMatchObject({ tokens: 20_007, calls: { total: 2, assumed: 1 } });
});

it("a file of usage counts them beside what was reported, in the step in which they began", async () => {
  await insertInvocations(services.across, [
    call(),
    call({ tokens: 20_000, tokensAreAssumed: true }),
    call({ tokens: 20_000, tokensAreAssumed: true, startedAt: new Date(now.getTime() - 3_600_000) }),
  ]);
  const { pieces } = await exportUsage(services, tenant.scope, { grain: "hour", hours: 24 });
  let text = "";
  for await (const piece of pieces) text += piece;
  const [head = [], ...rows] = text
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));
  const column = (name: string) => rows.map((row) => row[head.indexOf(name)]);
  expect([column("start"), column("llm_tokens"), column("assumed_calls")]).toEqual([
    ["2026-11-22T09:00:00.000Z", "2026-11-22T10:00:00.000Z"],
    ["0", "0"],
    ["1", "1"],
  ]);
});
