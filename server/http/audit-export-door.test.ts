// `GET /v1/audit/export`: a file for who may take the log along, the same refusals as everywhere for who may not.
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { revokeApiKey } from "~/server/api-keys/revoke-api-key";
import { openSessions } from "~/server/auth/sessions";
import { newId } from "~/server/ids";
import { openAccessOf } from "~/server/incidents/open-access";
import { verifyText } from "~/server/testing/audit-chain";
import { addTestMember, createTestTenant, createTestUser, scopeOf } from "~/server/testing/factories";
import { cookieOf } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { startWeb, type Web } from "./start-web";

let services: TestServices;
let web: Web;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let apiKey: string;
beforeAll(async () => {
  services = await createTestServices();
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
  tenant = await createTestTenant(services);
  apiKey = await keyOf("all");
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});

async function keyOf(preset: "all" | "read"): Promise<string> {
  const scope = await scopeOf(services, tenant.user, tenant.workspace, "api_key.manage");
  return (await createApiKey(services, scope, { name: `=${preset}`, preset, expiresInDays: null })).apiKey;
}

async function cookieFor(userId: string): Promise<string> {
  return cookieOf(await openSessions(services).create(userId, { traceId: newId("trace"), ipAddress: null, userAgent: null }));
}

const ask = (query: string, headers: Record<string, string> = { authorization: `Bearer ${apiKey}` }) =>
  fetch(`${web.url}/v1/audit/export${query}`, { headers });
const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;

describe("the export", () => {
  it("as JSON is the whole chain, its own record included, and verifies offline with the published key", async () => {
    const answer = await ask("");
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="audit-wks_\w+-[\d-]+\.json"$/);
    const text = await answer.text();
    expect(text).toContain('"action":"audit.export"');
    const published = (await (await fetch(`${web.url}/.well-known/audit-key.json`)).json()) as { publicKey: string };
    expect(await verifyText(services, text, ["--key", published.publicKey])).toMatchObject({ code: 0, warned: "" });
  });

  it("as CSV holds what was asked for, and nothing in it is a formula", async () => {
    const answer = await ask("?format=csv&action=api_key.");
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const [head, first, ...others] = (await answer.text()).split("\r\n");
    expect(head).toBe(
      "time,actor_kind,actor_id,actor_name,action,target_kind,target_id,trace_id,ip_address,metadata,entry_id,position",
    );
    expect(first).toMatch(
      /^\d{4}-[^,]+,user,usr_\w+,Test Person,api_key\.create,api_key,key_\w+,trc_\w+,127\.0\.0\.1,"\{""name"":""=all""/,
    );
    expect(others).toEqual([""]);
    expect((await (await ask("?format=csv&to=1999-01-01")).text()).split("\r\n").length).toBe(2);
  });

  it("is taken by a link of the page too: a session, and the workspace in the query", async () => {
    const cookie = await cookieFor(tenant.user.id);
    const answer = await ask(`?workspaceId=${tenant.workspace.id}&format=csv`, { cookie });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("audit.export")]);
  });

  it("is refused to who may not read the log, and a stranger finds no workspace", async () => {
    const [member, stranger] = [await createTestUser(services), await createTestTenant(services)];
    await addTestMember(services, tenant.workspace, member, "member");
    const query = `?workspaceId=${tenant.workspace.id}`;
    expect(await codeOf(await ask(query, {}))).toBe("UNAUTHENTICATED");
    expect(await codeOf(await ask(query, { cookie: await cookieFor(member.id) }))).toBe("UNAUTHORIZED");
    expect(await codeOf(await ask("", { authorization: `Bearer ${await keyOf("read")}` }))).toBe("UNAUTHORIZED");
    const foreign = await ask(query, { cookie: await cookieFor(stranger.user.id) });
    const missing = await ask(`?workspaceId=${newId("workspace")}`, { cookie: await cookieFor(stranger.user.id) });
    expect([foreign.status, await codeOf(foreign)]).toEqual([missing.status, await codeOf(missing)]);
    expect(foreign.status).toBe(404);
  });

  it("of the platform's own log is the operator's, and looks missing to everybody else", async () => {
    const operator = await createTestUser(services, { isSuperAdmin: true });
    for (const headers of [{ cookie: await cookieFor(tenant.user.id) }, { authorization: `Bearer ${apiKey}` }])
      expect((await ask("?chain=platform", headers)).status).toBe(404);
    const cookie = await cookieFor(operator.id);
    const text = await (await ask("?chain=platform", { cookie })).text();
    expect(await verifyText(services, text)).toMatchObject({ code: 0, said: expect.stringContaining("chain platform") });
    expect(await (await ask("?chain=platform&format=csv", { cookie })).text()).toContain("audit.export");
  });

  it("refuses a filtered JSON, unknown words and odd text without failing", async () => {
    for (const query of ["?action=agent.", "?format=xml", "?format=csv&from=tomorrow", "?format=csv&traceId=%00", "?chain=other"])
      expect((await ask(query)).status).toBe(400);
  });
});

it("an export that its reader's key was revoked for ends in the middle", async () => {
  const [{ scope }, words] = [await createTestTenant(services), "a".repeat(8_000)];
  const key = await createApiKey(services, scope, { name: "reader", preset: "all", expiresInDays: null });
  // Far more than the sockets between here and there hold.
  await sql`
    insert into audit_entries (id, workspace_id, actor_kind, action, metadata, created_at)
    select 'aud_' || nth, ${scope.workspaceId}, 'system', 'test.fill', jsonb_build_object('words', ${words}::text), now()
    from generate_series(1, 3000) as nth`.execute(services.owner);
  const openHere = () => openAccessOf(services).count({ keyId: key.keyId }).watch;
  const answer = await ask("?format=csv", { authorization: `Bearer ${key.apiKey}` });
  expect([answer.status, openHere()]).toEqual([200, 1]);
  await revokeApiKey(services, scope, { keyId: key.keyId });
  await expect.poll(openHere).toBe(0);
  await expect(answer.text()).rejects.toThrow();
});
