// A hundred kills of web processes and agent hosts while agents print: no acknowledged line is lost, doubled or out of its order.
import process from "node:process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runLogCampaign } from "~/server/testing/log-campaign";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

const kills = 100;

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());

it("survives a hundred kills", async () => {
  const report = await runLogCampaign(services, { seed: 1, kills });
  process.stdout.write(`${JSON.stringify(report)}\n`);
  expect(report.webKills + report.hostKills).toBe(kills);
});
