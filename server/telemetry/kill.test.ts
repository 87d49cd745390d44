// A seeded sample of the campaign that `soak/telemetry.test.ts` runs whole: killed servers and cut connections lose and double nothing.
import { mkdtempSync } from "node:fs";
import path from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent } from "~/server/testing/live-agent";
import { runTelemetryCampaign } from "~/server/testing/telemetry-campaign";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());

it("of 20,000 events, sent again, late and altered, each acknowledged one is stored exactly once though its server is killed", async () => {
  const tenants = [await createTestTenant(services), await createTestTenant(services)];
  const sources = await Promise.all([...tenants, ...tenants].map((tenant) => createLiveAgent(services, tenant, null)));
  const { databaseUrl, redisUrl } = services.config;
  const ground = {
    databaseUrl,
    redisUrl,
    directory: mkdtempSync(path.join(services.directory, "k-")),
    owner: services.owner,
    sources,
    // The server is shared by all tests: its connections of this database die in its stead.
    killDatabase: async () => {
      await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and application_name = ''`.execute(services.owner);
    },
  };
  const report = await runTelemetryCampaign(ground, { seed: 1, events: 20_000, kills: 5 });
  expect(report.serverKills).toBeGreaterThan(0);
  expect(report.serverKills + report.databaseKills).toBe(5);
  expect(report.acknowledged).toBeGreaterThan(12_000);
  expect(report.stored).toBeGreaterThanOrEqual(report.acknowledged);
}, 240_000);
