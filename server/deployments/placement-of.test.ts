// What a runtime is told about a version: no more than the plan grants, and what it claims of its provider.
import { expect, it } from "vitest";
import { newId } from "~/server/ids";
import { plans } from "~/server/plans/plans";
import { placementOf } from "./placement-of";

const module = { text: "export default () => 'well';", sha256: "0".repeat(64) } as Parameters<typeof placementOf>[2];

function versionOf(manifest: object) {
  const ids = { id: newId("deployment"), agentId: newId("agent"), workspaceId: newId("workspace"), ownerUserId: newId("user") };
  const usual = { limits: { timeoutMs: 900_000, memoryMb: 128 }, sessions: { onDeploy: "stay", whileBusy: "queue" } };
  return { ...ids, version: 1, manifest: { ...usual, ...manifest } } as Parameters<typeof placementOf>[0];
}

it("computing time is the plan's, and never longer than the call", () => {
  const asked = versionOf({});
  const cpuOf = (tier: keyof typeof plans) => placementOf(asked, plans[tier], module).cpuMs;
  expect([cpuOf("free"), cpuOf("starter"), cpuOf("pro"), cpuOf("enterprise")]).toEqual([10_000, 30_000, 60_000, 300_000]);
  const short = versionOf({ limits: { timeoutMs: 2_000, memoryMb: 128 } });
  expect(placementOf(short, plans.free, module)).toMatchObject({ cpuMs: 2_000, timeoutMs: 2_000 });
});

it("tools are claimed by a manifest that says so, and by none that says no", () => {
  const claimOf = (agentcore: object | undefined) => placementOf(versionOf({ agentcore }), plans.pro, module).claimsTools;
  expect([claimOf({ browser: true }), claimOf({ memory: false }), claimOf({}), claimOf(undefined)]).toEqual([
    true,
    undefined,
    undefined,
    undefined,
  ]);
});
