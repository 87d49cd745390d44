// 100,000 mutated archives: none writes outside, crashes the check, exceeds a cap or leaves something behind.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runUnpackCampaign } from "~/server/testing/unpack-campaign";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "whs-soak-bundles-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it("of 100,000 mutated archives none breaks a promise", async () => {
  const { accepted, refused } = await runUnpackCampaign({ seed: 1, count: 100_000, directory });
  expect(accepted).toBeGreaterThan(1_000);
  expect(Object.keys(refused).length).toBeGreaterThan(30);
});
