// The estimate of a call's cost: the same for the same use, and never less for more, on every runtime.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { costModel, type PricedRuntime } from "./cost-model";
import { estimateCost } from "./estimate-cost";

const runtimes = Object.keys(costModel) as PricedRuntime[];
const amount = fc.integer({ min: 0, max: 1e12 });
const use = fc.record({ requests: amount, computeMs: amount, llmTokens: amount });

describe.each(runtimes)("the estimate on %s", (runtime) => {
  it("is the same for the same use, finite, and nothing for nothing", () => {
    expect(estimateCost({ requests: 0, computeMs: 0, llmTokens: 0 }, runtime)).toBe(0);
    fc.assert(
      fc.property(use, (used) => {
        const dollars = estimateCost(used, runtime);
        expect(dollars).toBe(estimateCost({ ...used }, runtime));
        expect(Number.isFinite(dollars) && dollars >= 0).toBe(true);
      }),
    );
  });

  it("never falls when any of its parts rises", () => {
    fc.assert(
      fc.property(use, amount, fc.constantFrom("requests", "computeMs", "llmTokens"), (used, more, part) => {
        const dearer = estimateCost({ ...used, [part]: used[part] + more }, runtime);
        expect(dearer).toBeGreaterThanOrEqual(estimateCost(used, runtime));
      }),
    );
  });
});
