// The launcher kills what does not stop in time: never the web process while it still tells its callers that it goes.
import { expect, it } from "vitest";
import { hostBeyondDrainMs, hostDrainMs } from "~/runtime/contract/host-stop";
import { drainLimits } from "~/server/http/start-web";
import { drainMs, graceMsOf } from "./launch-product";

it("waits longer for a program than the web process takes to end every call", () => {
  expect(drainMs).toBeGreaterThan(drainLimits.deadlineMs + 2 * drainLimits.lastCallsMs + 1_000);
  expect(drainLimits.cutAfterMs).toBeLessThan(drainLimits.deadlineMs);
});

it("waits longer for the agent host than its calls may hold it up, however long that was made", () => {
  expect(graceMsOf("agent-host", {})).toBe(hostDrainMs + hostBeyondDrainMs);
  expect(graceMsOf("agent-host", { AGENT_DRAIN_MS: "120000" })).toBe(120_000 + hostBeyondDrainMs);
  expect([graceMsOf("web", {}), graceMsOf("worker", { AGENT_DRAIN_MS: "120000" })]).toEqual([drainMs, drainMs]);
});
