// A session with an agent belongs to one caller, one agent and one deployment: to everybody else it does not exist (AHEAD 20, MISSION E1).
import { afterAll, beforeAll, expect, it } from "vitest";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { openSessions } from "~/server/auth/sessions";
import { newId } from "~/server/ids";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import {
  addTestMember,
  createTestTenant,
  createTestUser,
  scopeOf,
  type TestUser,
  type TestWorkspace,
} from "~/server/testing/factories";
import { createLiveAgent, createLiveDeployment } from "~/server/testing/live-agent";
import { type OpenDoors, openDoors } from "~/server/testing/open-doors";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { recordWork } from "~/server/testing/record-work";
import { cookieOf } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

type Caller = { name: string; headers: Record<string, string> };
type Tenant = Awaited<ReturnType<typeof createTestTenant>>;

let services: TestServices;
let doors: OpenDoors;
let fake: FakeProvider;
let tenant: Tenant;
let agents: { mine: string; other: string; elsewhere: string };
let callers: Caller[];
let elsewhere: Caller;

beforeAll(async () => {
  fake = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([fake]) });
  doors = await openDoors(services, null);
  tenant = await createTestTenant(services);
  const stranger = await createTestTenant(services);
  agents = {
    mine: (await createLiveAgent(services, tenant, fake)).agentId,
    other: (await createLiveAgent(services, tenant, fake)).agentId,
    elsewhere: (await createLiveAgent(services, stranger, fake)).agentId,
  };
  const member = await createTestUser(services);
  await addTestMember(services, tenant.workspace, member, "member");
  callers = [
    await byKey(tenant.workspace, "a key"),
    await byKey(tenant.workspace, "another key of the same maker"),
    await bySession(tenant.user, "the maker of both keys"),
    await bySession(member, "another member"),
  ];
  elsewhere = await byKey(stranger.workspace, "a key of another workspace");
});
afterAll(async () => {
  await doors.close();
  await services.dispose();
});

async function byKey(workspace: TestWorkspace, name: string): Promise<Caller> {
  const scope = await scopeOf(services, workspace.owner, workspace, "api_key.manage");
  const { apiKey } = await createApiKey(services, scope, { name, preset: "deploy", expiresInDays: null });
  return { name, headers: { authorization: `Bearer ${apiKey}` } };
}

async function bySession(person: TestUser, name: string): Promise<Caller> {
  const setCookie = await openSessions(services).create(person.id, { traceId: "trc_1", ipAddress: null, userAgent: null });
  return { name, headers: { cookie: cookieOf(setCookie), origin: doors.door.origin } };
}

const traceId = newId("trace");

async function call(caller: Caller, agentId: string, session: { sessionId?: string } = {}, path: "" | "/stream" = "") {
  await services.redis.flushdb();
  const { answer, work } = await recordWork(async () =>
    doors.app.inject({
      method: "POST",
      url: `/v1/invoke/${agentId}${path}`,
      headers: { ...caller.headers, "content-type": "application/json", "x-trace-id": traceId },
      payload: JSON.stringify({ input: { prompt: "hello" }, ...session }),
    }),
  );
  const { date: _date, ...headers } = answer.headers;
  return { status: answer.statusCode, body: answer.body, bytes: JSON.stringify([answer.statusCode, headers, answer.body]), work };
}

async function begin(caller: Caller, agentId: string): Promise<string> {
  const { status, body } = await call(caller, agentId);
  expect([caller.name, status]).toEqual([caller.name, 200]);
  return (JSON.parse(body) as { sessionId: string }).sessionId;
}

it("goes on for whoever began it, and for nobody else, through both doors, with the bytes of a missing one", async () => {
  for (const owner of callers) {
    const sessionId = await begin(owner, agents.mine);
    expect((await call(owner, agents.mine, { sessionId })).status).toBe(200);
    for (const other of callers.filter((caller) => caller !== owner)) {
      for (const path of ["", "/stream"] as const) {
        const theirs = await call(other, agents.mine, { sessionId }, path);
        const missing = await call(other, agents.mine, { sessionId: newId("agentSession") }, path);
        expect([owner.name, other.name, theirs.status]).toEqual([owner.name, other.name, 404]);
        expect(theirs.bytes).toBe(missing.bytes);
        expect(theirs.body).toContain("There is no such session.");
      }
    }
  }
});

it("does not go with its caller to another agent, nor into another workspace", async () => {
  for (const owner of callers) {
    const sessionId = await begin(owner, agents.mine);
    const [strayed, missing] = [
      await call(owner, agents.other, { sessionId }),
      await call(owner, agents.other, { sessionId: newId("agentSession") }),
    ];
    expect(strayed.status).toBe(404);
    expect(strayed.bytes).toBe(missing.bytes);
    const stranger = await call(elsewhere, agents.elsewhere, { sessionId });
    expect(stranger.bytes).toBe((await call(elsewhere, agents.elsewhere, { sessionId: newId("agentSession") })).bytes);
    expect((await call(elsewhere, agents.mine, { sessionId })).body).toContain("There is no such agent.");
  }
});

it("stays on the deployment that it began with", async () => {
  const [caller] = callers;
  if (!caller) throw new Error("nobody calls");
  const agent = await createLiveAgent(services, tenant, fake, { module: `export default async () => "first"` });
  const sessionId = await begin(caller, agent.agentId);
  await createLiveDeployment(services, tenant, agent.agentId, { provider: fake, module: `export default async () => "second"` });
  doors.door.gateway.targets.forgetAgent(agent.agentId);
  expect((await call(caller, agent.agentId)).body).toContain("second");
  expect((await call(caller, agent.agentId, { sessionId })).body).toContain("first");
});

it("is looked for no longer when it is somebody else's than when it is missing", async () => {
  const [owner, other] = callers;
  if (!owner || !other) throw new Error("nobody calls");
  const sessionId = await begin(owner, agents.mine);
  await call(other, agents.mine);
  const theirs = await call(other, agents.mine, { sessionId });
  const missing = await call(other, agents.mine, { sessionId: newId("agentSession") });
  const lookups = ({ work }: typeof theirs) => work.statements.filter((statement) => statement.includes('from "agent_sessions"'));
  expect(lookups(theirs)).toEqual(lookups(missing));
});

it("whose id is no id is refused alike", async () => {
  for (const caller of callers) {
    for (const sessionId of ["", "x", "ses_", `ses_${"0".repeat(500)}`, "a\u0000b", "../..", "%00"]) {
      const { status } = await call(caller, agents.mine, { sessionId });
      expect([caller.name, sessionId, status]).toEqual([
        caller.name,
        sessionId,
        expect.toSatisfy((code) => code === 404 || code === 400),
      ]);
    }
  }
});
