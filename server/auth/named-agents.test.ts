// A key that is limited to some agents: for it the others of its own workspace do not exist, at any door (MISSION E4).
import { TRPCError } from "@trpc/server";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inWorkspace } from "~/db/transaction";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { type Ids, idsBy, missingIds } from "~/server/isolation/named-ids";
import { procedureRows } from "~/server/isolation/procedure-rows";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { createCaller } from "~/server/router";
import { callAgent, envelopeOf } from "~/server/testing/call-agent";
import { createTestAgent, createTestTenant } from "~/server/testing/factories";
import { growIds } from "~/server/testing/grow-ids";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { appErrorOf } from "~/server/trpc/init";
import { mintWorkspaceScope } from "./mint-scope";
import { proveApiKey } from "./prove-api-key";

const ofAgents: ReadonlySet<string> = new Set([
  "agentId",
  "disabledAgentId",
  "deploymentId",
  "queuedDeploymentId",
  "failedDeploymentId",
  "supersededDeploymentId",
  "uploadId",
]);
const missing = idsBy((name) => missingIds[name]());
const input = { name: "limited", preset: "all", expiresInDays: null } as const;

let services: TestServices;
let web: Web;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let mine: Ids;
let others: Ids;
let limited: string;

beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([createFakeProvider()]) });
  tenant = await createTestTenant(services);
  mine = await growIds(services, tenant.workspace, tenant.user);
  others = await growIds(services, tenant.workspace, tenant.user);
  limited = await keyFor([mine.agentId, mine.disabledAgentId]);
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});

async function keyFor(agentIds: string[]): Promise<string> {
  return (await createApiKey(services, tenant.scope, { ...input, agentIds })).apiKey;
}

type Callable = { [name: string]: Callable } & ((input: unknown) => Promise<unknown>);

/** What the limited key gets: the answer, or code and message of the refusal. */
async function call(path: string, given: unknown): Promise<string> {
  const caller = createCaller({
    services,
    request: { traceId: newId("trace"), ipAddress: null, userAgent: null, workspaceId: null },
    principal: () => proveApiKey(services, limited),
    setCookie: () => undefined,
    closing: AbortSignal.timeout(5_000),
  }) as unknown as Callable;
  try {
    return `ok ${JSON.stringify(await path.split(".").reduce((at, name) => at[name] as Callable, caller)(given))}`;
  } catch (thrown) {
    if (!(thrown instanceof TRPCError)) throw thrown;
    const { code, message, details } = appErrorOf(thrown);
    return `${code} ${message} ${JSON.stringify(details)}`;
  }
}

const rows = Object.entries(procedureRows);
const aboutAgents = rows.filter(([, row]) => row.names?.some((name) => ofAgents.has(name)) && row.who !== "operator");

describe("a key limited to some agents", () => {
  it("is walked through a great many procedures", () => {
    expect(aboutAgents.length).toBeGreaterThan(18);
  });

  for (const [path, row] of aboutAgents) {
    it(`is answered by ${path} for another agent exactly as for a missing one`, async () => {
      const foreign = await call(path, row.input(others));
      expect(foreign).toBe(await call(path, row.input(missing)));
      expect(foreign).toMatch(/^(NOT_FOUND|UNAUTHORIZED) /);
    });
  }

  for (const [path, row] of rows.filter(([, { names, who }]) => !names?.length && who !== "anybody")) {
    it(`learns of no other agent from ${path}`, async () => {
      const answer = await call(path, row.input(mine));
      for (const name of ofAgents) expect(answer).not.toContain(others[name as keyof Ids]);
    });
  }

  it("does with its own agent what its preset allows", async () => {
    for (const path of ["agents.get", "agents.update", "deployments.list", "deployments.get", "secrets.list", "usage.metrics"]) {
      expect(await call(path, procedureRows[path]?.input(mine)), path).toMatch(/^ok /);
    }
    expect(await call("deployments.create", { agentId: mine.agentId, uploadId: mine.uploadId })).toMatch(/^ok /);
    const listed = await call("agents.list", {});
    expect(listed).toContain(mine.agentId);
    expect(listed).toContain(mine.disabledAgentId);
  });

  it("makes no agents, reads no audit log and lists no keys", async () => {
    for (const [path, given] of Object.entries({ "agents.create": { name: "more" }, "audit.list": {}, "apiKeys.list": {} })) {
      expect(await call(path, given), path).toMatch(/^UNAUTHORIZED This API key is limited/);
    }
    expect(await call("agents.clone", { agentId: mine.agentId, name: "twin" })).toMatch(/^UNAUTHORIZED /);
  });

  it("calls its own agent; another one answers as a missing one, byte for byte but for the trace id", async () => {
    expect((await callAgent(web.url, { agentId: mine.agentId, apiKey: limited })).status).toBe(200);
    const [foreign, none] = await Promise.all(
      [others.agentId, missing.agentId].map(async (agentId) =>
        envelopeOf(await callAgent(web.url, { agentId, apiKey: limited })),
      ),
    );
    expect(foreign).toMatchObject({ status: 404, error: { code: "NOT_FOUND" } });
    expect({ ...foreign, traceId: "" }).toEqual({ ...none, traceId: "" });
    const headers = { "x-deployment-id": others.supersededDeploymentId };
    expect((await callAgent(web.url, { agentId: mine.agentId, apiKey: limited }, { headers })).status).toBe(404);
  });

  it("sees what it uploaded itself, and nobody else's bundle", async () => {
    const uploaded = await call("uploads.fromExample", { name: "hello" });
    const { uploadId } = JSON.parse(uploaded.slice(3)) as { uploadId: string };
    expect(await call("uploads.get", { uploadId })).toMatch(/^ok /);
    expect(await call("uploads.get", { uploadId: mine.uploadId })).toMatch(/^ok /);
    expect(await call("uploads.get", { uploadId: others.uploadId })).toMatch(/^NOT_FOUND /);
  });

  it("reaches nothing at all once its agents are gone", async () => {
    const agent = await createTestAgent(services, tenant.workspace);
    const key = await keyFor([agent.id]);
    await services.owner.deleteFrom("agents").where("id", "=", agent.id).execute();
    const principal = await proveApiKey(services, key);
    expect(principal.agentIds).toEqual([]);
    const scope = await mintWorkspaceScope(services, principal, {
      action: "agent.read",
      workspaceId: null,
      traceId: "trc_1",
      ipAddress: null,
    });
    expect(await inWorkspace(services.db, scope, (tx) => tx.selectFrom("agents").select("id").execute())).toEqual([]);
  });

  it("cannot be made for an agent of somebody else, which looks missing", async () => {
    const stranger = await createTestAgent(services, (await createTestTenant(services)).workspace);
    const refusal = (agentIds: string[]) => createApiKey(services, tenant.scope, { ...input, agentIds }).catch(String);
    expect(await refusal([mine.agentId, stranger.id])).toBe(await refusal([mine.agentId, newId("agent")]));
    expect(await refusal([stranger.id])).toMatch(/no such agent/);
  });
});

describe("PostgreSQL itself", () => {
  const bounds = () => ({
    workspaceId: tenant.workspace.id,
    namedAgents: { keyId: newId("apiKey"), agentIds: [mine.agentId] },
  });

  it("binds every table that names an agent", async () => {
    const { rows: unbound } = await sql<{ name: string }>`
      select c.table_name as name from information_schema.columns c
      join pg_class on relname = c.table_name and not relispartition
      where c.table_schema = 'public' and c.column_name = 'agent_id' and c.table_name not like 'api_key%'
        and not exists (select from pg_policies p where p.tablename = c.table_name and p.policyname = 'named_agents')`.execute(
      services.owner,
    );
    expect(unbound).toEqual([]);
  });

  it("hides the other agents' rows from a query that asks for everything", async () => {
    await inWorkspace(services.db, bounds(), async (tx) => {
      for (const table of ["agentSecrets", "deployments", "invocations", "usageHours", "agentSessions"] as const) {
        const seen = await tx.selectFrom(table).select("agentId").distinct().execute();
        expect(
          seen.filter((row) => row.agentId !== mine.agentId),
          table,
        ).toEqual([]);
      }
      expect(await tx.selectFrom("deployments").select("id").execute()).not.toEqual([]);
    });
  });

  it("refuses to change or to make another agent", async () => {
    const changed = await inWorkspace(services.db, bounds(), (tx) =>
      tx.updateTable("agents").set({ description: "taken" }).where("id", "=", others.agentId).executeTakeFirst(),
    );
    expect(changed.numUpdatedRows).toBe(0n);
    const made = inWorkspace(services.db, bounds(), (tx) =>
      tx
        .insertInto("agents")
        .values({
          id: newId("agent"),
          workspaceId: tenant.workspace.id,
          name: "forged",
          description: "",
          ownerUserId: tenant.user.id,
          updatedAt: new Date(),
        })
        .execute(),
    );
    await expect(made).rejects.toThrow("row-level security");
  });
});
