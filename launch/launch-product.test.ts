// The launcher kills what does not stop in time: never the web process while it still tells its callers that it goes.
import { expect, it } from "vitest";
import { drainLimits } from "~/server/http/start-web";
import { drainMs } from "./launch-product";

it("waits longer for a program than the web process takes to end every call", () => {
  expect(drainMs).toBeGreaterThan(drainLimits.deadlineMs + drainLimits.lastCallsMs + 1_000);
  expect(drainLimits.cutAfterMs).toBeLessThan(drainLimits.deadlineMs);
});
