// 1,000,000 events with copies, lies and disorder, while server and PostgreSQL are killed: every 202 stored exactly once, usage = recount.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { runTelemetryCampaign } from "~/server/testing/telemetry-campaign";
import { openTelemetryGround } from "~/server/testing/telemetry-ground";

const events = 1_000_000;
const kills = 60;

let directory: string;
let ground: Awaited<ReturnType<typeof openTelemetryGround>>;
beforeAll(async () => {
  directory = mkdtempSync(path.join(os.tmpdir(), "whs-soak-telemetry-"));
  const { redisUrl } = inject("testGround");
  ground = await openTelemetryGround({ directory, redisUrl, workspaces: 3, agentsOfEach: 2 });
});
afterAll(async () => {
  await ground.close();
  rmSync(directory, { recursive: true, force: true });
});

it("of a million events every acknowledged one is stored exactly once, and usage is their recount", async () => {
  const report = await runTelemetryCampaign(ground, { seed: 1, events, kills });
  process.stdout.write(`${JSON.stringify(report)}\n`);
  expect(report.serverKills + report.databaseKills).toBe(kills);
  expect(report.databaseKills).toBeGreaterThan(5);
  expect(report.acknowledged).toBeGreaterThan(events * 0.6);
});
