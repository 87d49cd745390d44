// A log as a file: a slow reader keeps it no longer than they may, and no more of them than a few at once.
import { get, type IncomingMessage } from "node:http";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { revokeApiKey } from "~/server/api-keys/revoke-api-key";
import { openAccessOf } from "~/server/incidents/open-access";
import { ensureLogPartitionAcrossWorkspaces } from "~/server/logs/intake.queries";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { startWeb, type Web } from "./start-web";

const now = new Date("2026-11-22T10:20:00Z");
const linesInAll = 3_000;

let services: TestServices;
let web: Web;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;
let key: { keyId: string; apiKey: string };
beforeAll(async () => {
  services = await createTestServices({ now });
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
  agent = await createLiveAgent(services, tenant, null);
  key = await createApiKey(services, tenant.scope, { name: "reader", preset: "read", expiresInDays: null });
  await ensureLogPartitionAcrossWorkspaces(services.across, "d30", "2026-11-22");
  // Far more than the sockets between here and there hold.
  await sql`
    insert into agent_log_lines (retention_class, at, workspace_id, agent_id, deployment_id, stream, line, is_cut)
    select 'd30', ${now}, ${tenant.scope.workspaceId}, ${agent.agentId}, ${agent.deploymentId}, 'stdout', repeat('a', 8000), false
    from generate_series(1, ${linesInAll})`.execute(services.owner);
});

/** An answer whose body nobody reads yet. */
function ask(): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${key.apiKey}` };
  return new Promise((resolve, reject) => {
    get(`${web.url}/v1/agents/${agent.agentId}/logs/export`, { headers, agent: false }, resolve).on("error", reject);
  });
}

async function restOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of answer) text += String(chunk);
  return text;
}

const openHere = () => openAccessOf(services).count({ workspaceId: tenant.scope.workspaceId }).watch;

it("goes out whole to who may have it", async () => {
  const text = await restOf(await ask());
  expect(text.trimEnd().split("\n")).toHaveLength(linesInAll);
  await expect.poll(openHere).toBe(0);
});

it("ends in the middle once its reader's key is revoked", async () => {
  const answer = await ask();
  expect(answer.statusCode).toBe(200);
  await revokeApiKey(services, tenant.scope, { keyId: key.keyId });
  await expect.poll(openHere, { timeout: 30_000 }).toBe(0);
  await expect(restOf(answer)).rejects.toThrow();
});

it("is sent to four readers of a workspace at once, and to the next when one of them has left", async () => {
  const answers = await Promise.all([ask(), ask(), ask(), ask()]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
  const refused = await ask();
  expect([refused.statusCode, await restOf(refused)]).toEqual([429, expect.stringContaining("already takes 4 files along")]);
  answers[0]?.destroy();
  await expect.poll(openHere, { timeout: 30_000 }).toBe(3);
  const next = await ask();
  expect(next.statusCode).toBe(200);
  for (const answer of [...answers, next]) answer.destroy();
  await expect.poll(openHere, { timeout: 30_000 }).toBe(0);
});
