// Usage as a file: every row of the span and of nobody else, safe to open in a spreadsheet, for a link as for a program.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { revokeApiKey } from "~/server/api-keys/revoke-api-key";
import { openAccessOf } from "~/server/incidents/open-access";
import { EventWriter } from "~/server/telemetry/event-writer";
import { eventRowOf } from "~/server/testing/event-row";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { recordCalls } from "~/server/testing/record-calls";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { startWeb, type Web } from "./start-web";

let services: TestServices;
let web: Web;
let agent: LiveAgent;
let other: LiveAgent;
beforeAll(async () => {
  services = await createTestServices({ now: new Date("2026-11-22T10:20:00Z") });
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});
beforeEach(async () => {
  await services.reset();
  agent = await createLiveAgent(services, await createTestTenant(services), null);
  other = await createLiveAgent(services, await createTestTenant(services), null);
  const at = (hoursAgo: number) => new Date(services.clock.now().getTime() - hoursAgo * 3_600_000);
  const writer = new EventWriter(services);
  await writer.write([0, 0, 2, 40].map((hoursAgo) => eventRowOf(agent, at(hoursAgo))));
  await writer.write([eventRowOf(other, at(0))]);
  await recordCalls(
    services,
    agent,
    [0, 0, 0].map((hoursAgo) => ({ ms: 7, at: at(hoursAgo) })),
  );
});

async function ask(query: string, apiKey: string | null = agent.apiKey) {
  const headers: Record<string, string> = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
  const answer = await fetch(`${web.url}/v1/usage/export${query}`, { headers, signal: AbortSignal.timeout(10_000) });
  return { status: answer.status, headers: answer.headers, lines: (await answer.text()).trimEnd().split("\r\n") };
}

describe("the export of usage", () => {
  it("has a line for each hour and deployment, oldest first, with what was expected beside what came", async () => {
    const { status, headers, lines } = await ask("");
    expect([status, headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    expect(headers.get("content-disposition")).toContain("usage-by-hour-2026-11-21-to-2026-11-22.csv");
    const [head, ...rows] = lines.map((line) => line.split(","));
    const column = (name: string) => rows.map((row) => row[head?.indexOf(name) ?? -1]);
    expect(column("start")).toEqual(["2026-11-22T08:00:00.000Z", "2026-11-22T10:00:00.000Z"]);
    expect(column("requests")).toEqual(["1", "2"]);
    expect(column("expected_events")).toEqual(["0", "3"]);
    expect(column("received_events")).toEqual(["1", "2"]);
    expect(column("cost_usd_estimated")).toEqual(["0.001", "0.002"]);
    expect(new Set(column("agent_id"))).toEqual(new Set([agent.agentId]));
  });

  it("goes by the minute and by the day, and says how far each reaches", async () => {
    expect((await ask("?hours=1&grain=minute")).lines).toHaveLength(2);
    expect((await ask("?hours=2000")).lines).toHaveLength(3);
    const tooLong = await ask("?hours=25&grain=minute");
    expect([tooLong.status, tooLong.lines[0]]).toEqual([400, expect.stringContaining("at most 24 by the minute")]);
  });

  it("answers another workspace's agent as a missing one, and nobody without a key", async () => {
    expect((await ask(`?agentId=${other.agentId}`)).status).toBe(404);
    expect((await ask(`?deploymentId=${other.deploymentId}`)).status).toBe(404);
    expect((await ask("", null)).status).toBe(401);
    expect((await ask("?hours=never")).status).toBe(400);
  });
});

it("an export of usage ends in the middle once its reader's key is revoked", async () => {
  const { scope } = await createTestTenant(services);
  const key = await createApiKey(services, scope, { name: "reader", preset: "read", expiresInDays: null });
  const openHere = () => openAccessOf(services).count({ keyId: key.keyId }).watch;
  // What it reads page by page is held, so that it cannot be whole before.
  const held = await services.owner.startTransaction().execute();
  try {
    await sql`lock table usage_hours in access exclusive mode`.execute(held);
    const headers = { authorization: `Bearer ${key.apiKey}` };
    const answer = await fetch(`${web.url}/v1/usage/export`, { headers });
    expect([answer.status, openHere()]).toEqual([200, 1]);
    await revokeApiKey(services, scope, { keyId: key.keyId });
    await expect(answer.text()).rejects.toThrow();
    // It ended at once: what was being read for it is still on its way.
    const waiting = await sql`
      select from pg_locks where relation = 'usage_hours'::regclass and not granted
        and database = (select oid from pg_database where datname = current_database())`.execute(services.owner);
    expect([openHere(), waiting.rows.length]).toEqual([0, 1]);
  } finally {
    await held.rollback().execute();
  }
});
