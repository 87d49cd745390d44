// What every provider promises of looking at it: health changes nothing, logs are the agent's own, an estimate is a function.
import { expect, it } from "vitest";
import { newId } from "~/server/ids";
import { agents } from "./agents.conformance";
import { ask, never, type OpenHarness, placeAgent } from "./harness.conformance";

const printer = "export default () => { console.log('one'); console.log('two'); console.error('three'); return 'printed'; };";

export function describeWatching(open: OpenHarness): void {
  it("health tells the state and changes nothing", async () => {
    const { provider, resources } = open();
    const before = [await provider.placements({ signal: never() }), await resources?.()];
    const first = await provider.health();
    expect(first.status).toBe("up");
    expect(first.detail).not.toBe("");
    expect(await provider.health()).toEqual(first);
    expect([await provider.placements({ signal: never() }), await resources?.()]).toEqual(before);
  });

  it("logs are what this version printed, oldest first and bounded, or say where they are kept", async () => {
    const harness = open();
    const { provider, logsElsewhere } = harness;
    const placement = await placeAgent(harness, printer);
    expect(await ask(harness, placement)).toBe("printed");
    const lines = async (limit: number) => (await provider.logs(placement, { limit })).map(({ line }) => line);
    if (logsElsewhere) {
      expect(await provider.logs(placement, { limit: 10 })).toMatchObject([{ stream: "host" }]);
      return;
    }
    await expect.poll(() => lines(100), { timeout: 5_000 }).toEqual(expect.arrayContaining(["one", "two", "three"]));
    const printed = (await lines(100)).filter((line) => ["one", "two", "three"].includes(line));
    expect(printed).toEqual(["one", "two", "three"]);
    expect(await lines(1)).toHaveLength(1);
    const neighbour = await placeAgent(harness, agents.echo);
    expect((await provider.logs(neighbour, { limit: 100 })).map(({ line }) => line)).not.toContain("one");
  });

  it("an estimate is deterministic, monotonic, and nothing for nothing", () => {
    const { provider } = open();
    const call = { requests: 1, computeMs: 100, llmTokens: 10 };
    expect(provider.estimateCost({ requests: 0, computeMs: 0, llmTokens: 0 })).toBe(0);
    expect(provider.estimateCost(call)).toBe(provider.estimateCost({ ...call }));
    for (const field of ["requests", "computeMs", "llmTokens"] as const) {
      expect(provider.estimateCost({ ...call, [field]: call[field] * 100 })).toBeGreaterThan(provider.estimateCost(call));
    }
  });

  it("an estimate never falls as use grows, and is never below nothing", () => {
    const { provider } = open();
    let before = 0;
    for (const amount of [0, 1, 7, 99, 1_000, 1_001, 123_456, 10_000_000]) {
      const now = provider.estimateCost({ requests: amount, computeMs: amount, llmTokens: amount });
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
  });

  it("stopping or destroying what was never there is no error", async () => {
    const { provider } = open();
    const nobody = { deploymentId: newId("deployment"), agentId: newId("agent"), workspaceId: newId("workspace") };
    await provider.stop(nobody);
    await provider.destroy(nobody);
    await provider.refreshSecrets(nobody, { signal: never() });
    expect(await provider.holders([nobody.deploymentId], { signal: never() })).toEqual([]);
  });
}
