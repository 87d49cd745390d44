// What every provider promises of looking at it: health changes nothing, logs are the agent's own, an estimate is a function.
import { expect, it } from "vitest";
import { newId } from "~/server/ids";
import { invocationOf } from "~/server/testing/agent-host";
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

  it("logs are what this version printed, oldest first and bounded", { timeout: 120_000 }, async () => {
    const harness = open();
    const { provider, logsLateMs = 15_000 } = harness;
    const placement = await placeAgent(harness, printer);
    expect(await ask(harness, placement)).toBe("printed");
    const lines = async (limit: number) => (await provider.logs(placement, { limit })).map(({ line }) => line);
    await expect.poll(() => lines(100), { timeout: logsLateMs }).toEqual(expect.arrayContaining(["one", "two", "three"]));
    const printed = (await lines(100)).filter((line) => ["one", "two", "three"].includes(line));
    expect(printed).toEqual(["one", "two", "three"]);
    expect(await lines(1)).toHaveLength(1);
    const streams = (await provider.logs(placement, { limit: 100 })).map(({ line, stream }) => [line, stream]);
    expect(streams).toEqual(
      expect.arrayContaining([
        ["one", "stdout"],
        ["three", "stderr"],
      ]),
    );
    const neighbour = await placeAgent(harness, agents.echo);
    expect((await provider.logs(neighbour, { limit: 100 })).map(({ line }) => line)).not.toContain("one");
  });

  it("logs are read on from a moment: the oldest of what was printed since, that moment's own lines included", {
    timeout: 120_000,
  }, async () => {
    const harness = open();
    const { provider, logsLateMs = 15_000 } = harness;
    const placement = await placeAgent(
      harness,
      "export default (request) => { console.log(request.input.messages[0].content); return ''; };",
    );
    const since = async (after?: Date, limit = 100) =>
      (await provider.logs(placement, { limit, ...(after ? { after } : {}) })).filter(({ line }) => /^line-\d$/.test(line));
    for (const number of [1, 2, 3]) await ask(harness, placement, invocationOf(`line-${number}`));
    await expect.poll(async () => (await since()).length, { timeout: logsLateMs }).toBe(3);
    const [first, second, third] = await since();
    expect((await since(new Date(0))).map(({ line }) => line)).toEqual(["line-1", "line-2", "line-3"]);
    const later = await since(new Date(second?.at ?? 0));
    expect(later.at(-1)).toEqual(third);
    expect(later).toContainEqual(second);
    if (first?.at !== second?.at) expect(later).not.toContainEqual(first);
    expect((await since(new Date(Date.parse(third?.at ?? "") + 1))).length).toBe(0);
    const ids = [first?.id, second?.id, third?.id].filter((id) => id !== undefined);
    expect([0, 3]).toContain(new Set(ids).size);
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
