// An agent is not called live while nobody can get an answer from it.
import { describe, expect, test } from "vitest";
import type { AgentItem } from "~/server/agents/agents.contract";
import type { RuntimeState } from "~/server/runtimes/runtimes.contract";
import { runtimeTroubleOf } from "./runtime-trouble";

const agent = { status: "active", activeVersion: 2, runtime: "cloudflare" } as AgentItem;
const moment = new Date("2026-11-22T10:00:00Z");
const up: RuntimeState = {
  runtime: "cloudflare",
  isOffered: true,
  isPlanned: true,
  check: { status: "up", checkedAt: moment, since: moment },
};
const down = { status: "down" as const, checkedAt: moment, since: moment };

describe("a live agent", () => {
  test.each([
    ["on a runtime that is up", up, null],
    ["on a runtime that nobody has checked yet", { ...up, check: null }, null],
    ["on a runtime that is down", { ...up, check: down }, "Runtime down"],
    ["on a runtime that is not set up any more", { ...up, isOffered: false, check: null }, "Runtime gone"],
    ["on a runtime that the plan does not include", { ...up, isPlanned: false }, "Not in the plan"],
    ["while another runtime is down", { ...up, runtime: "agentcore" as const, check: down }, null],
  ])("%s", (_, runtime, word) => {
    expect(runtimeTroubleOf(agent, [runtime])?.word ?? null).toBe(word);
  });
});

test("whoever answers nobody anyway has no trouble with the runtime", () => {
  const gone = [{ ...up, isOffered: false }];
  expect(runtimeTroubleOf({ ...agent, status: "disabled" }, gone)).toBeNull();
  expect(runtimeTroubleOf({ ...agent, activeVersion: null }, gone)).toBeNull();
});
