// A seeded sample of mutated archives: none writes outside, crashes the check, exceeds a cap or leaves something behind.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runUnpackCampaign } from "~/server/testing/unpack-campaign";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "whs-mutants-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it("of 600 mutated archives none breaks a promise", async () => {
  const { accepted, refused } = await runUnpackCampaign({ seed: 20_261_122, count: 600, directory });
  // A campaign in which all share one fate would prove nothing.
  expect(accepted).toBeGreaterThan(15);
  expect(Object.keys(refused).length).toBeGreaterThan(15);
}, 120_000);
