// Nobody is invited to write to an agent that is known to answer nobody: what stands in the way is said, with the way to mend it.
import { describe, expect, test } from "vitest";
import type { AgentItem } from "~/server/agents/agents.contract";
import type { RuntimeState } from "~/server/runtimes/runtimes.contract";
import { obstacleOf } from "./obstacle";

const agent = { status: "active", activeDeploymentId: "dep_2", activeVersion: 2, runtime: "cloudflare" } as AgentItem;
const state = (runtime: RuntimeState["runtime"], changes: Partial<RuntimeState> = {}): RuntimeState => {
  return { runtime, isOffered: true, isPlanned: true, check: null, ...changes };
};
const sound = [state("embedded"), state("cloudflare")];
const gone = [state("embedded"), state("cloudflare", { isOffered: false })];
const unplanned = [state("embedded"), state("cloudflare", { isPlanned: false })];
const older = { version: 1, runtime: "embedded" as const };

type Case = { name: string; of?: Partial<AgentItem>; runtimes?: RuntimeState[]; kind: string | null; ways: string[] };

const cases: Case[] = [
  { name: "on a sound runtime can be talked to", kind: null, ways: [] },
  { name: "of a disabled agent cannot, until it is enabled", of: { status: "disabled" }, kind: "disabled", ways: ["settings"] },
  { name: "on a runtime that is gone must move", runtimes: gone, kind: "runtime_gone", ways: ["settings"] },
  { name: "out of plan needs a plan or a move", runtimes: unplanned, kind: "not_planned", ways: ["plans", "settings"] },
  { name: "that is not there yet must be deployed", of: { activeDeploymentId: null }, kind: "nothing_live", ways: ["deploy"] },
];

describe("the live version", () => {
  test.each(cases)("$name", ({ of = {}, runtimes = sound, kind, ways }) => {
    const obstacle = obstacleOf({ agent: { ...agent, ...of }, chosen: null, runtimes });
    expect(obstacle?.kind ?? null).toBe(kind);
    expect(obstacle?.ways.map(({ way }) => way) ?? []).toEqual(ways);
  });

  test("on a runtime that was down when it was last checked may be tried", () => {
    const check = { status: "down" as const, checkedAt: new Date(0), since: new Date(0) };
    expect(obstacleOf({ agent, chosen: null, runtimes: [state("cloudflare", { check })] })).toBeNull();
  });
});

describe("a chosen version", () => {
  test("is judged by its own runtime, not by that of the live one", () => {
    expect(obstacleOf({ agent, chosen: older, runtimes: gone })).toBeNull();
    const chosen = { version: 1, runtime: "cloudflare" as const };
    const obstacle = obstacleOf({ agent: { ...agent, runtime: "embedded" }, chosen, runtimes: gone });
    expect(obstacle).toMatchObject({ kind: "runtime_gone", ways: [{ way: "deploy" }] });
    expect(obstacle?.meaning).toContain("Version 1 runs on Cloudflare");
  });

  test("of a disabled agent answers nobody either", () => {
    expect(obstacleOf({ agent: { ...agent, status: "disabled" }, chosen: older, runtimes: sound })?.kind).toBe("disabled");
  });
});
