// AgentCore's requests fail: a sample of all ways here, every one in the campaign; and what is said of calls of agents, whole.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { invocationOf } from "~/server/testing/agent-host";
import {
  type AgentCoreAct,
  agentCoreActs,
  outcomeOf,
  prepareAct,
  runAgentCoreFaults,
  standInFaults,
} from "~/server/testing/agentcore-faults-campaign";
import { type AgentCoreRig, hastyPace, startAgentCoreRig } from "~/server/testing/agentcore-rig";

const secret = "swordfish-under-the-ice-5521";
const slowMs = 240_000;
const never = () => new AbortController().signal;
const placed: AgentCoreAct = { of: "call", isPlacedBefore: true, run: async () => undefined };

let rig: AgentCoreRig;

beforeAll(async () => {
  rig = await startAgentCoreRig({ pace: hastyPace });
});
afterAll(() => rig.close());

describe("agentcore: each request fails in turn", () => {
  for (const [place, act] of agentCoreActs.entries()) {
    it(`${act.of}: every request of it fails for as long as it is tried, and all is well afterwards`, {
      timeout: slowMs,
    }, async () => {
      expect(await runAgentCoreFaults(rig, act, { seed: place, count: 1 })).toBeGreaterThan(0);
    });
  }

  it("a call is sent to the agent once, whatever AWS answers", { timeout: slowMs }, async () => {
    const placement = await prepareAct(rig, placed);
    for (const fault of [...standInFaults, 424] as const) {
      if (fault === "timeout") continue;
      const from = rig.standIn.calls.length;
      const isCall = (action: string) => action.endsWith(":InvokeAgentRuntime");
      rig.standIn.failNext(fault, 1_000, isCall);
      const thrown = await outcomeOf(rig.harness.provider.invoke(placement, invocationOf("?"), { signal: never() }));
      rig.standIn.failNext(fault, 0);
      expect(thrown, String(fault)).toMatchObject({ code: "RUNTIME_ERROR" });
      expect(JSON.stringify(thrown)).not.toMatch(/swordfish|Credential|Value '/);
      expect(
        rig.standIn.calls.slice(from).filter(({ action }) => isCall(action)),
        String(fault),
      ).toHaveLength(1);
    }
    const { output } = await rig.harness.provider.invoke(placement, invocationOf("?"), { signal: never() });
    expect(output.text).toBe("well");
  });

  it("AWS does not answer a call: it is a retryable timeout, and the next one is answered", { timeout: slowMs }, async () => {
    const placement = await prepareAct(rig, placed);
    const hasty = rig.another({ pace: { ...hastyPace, startMs: 300 } });
    rig.standIn.failNext("timeout", 1_000, (action) => action.endsWith(":InvokeAgentRuntime"));
    const thrown = await outcomeOf(hasty.invoke(placement, invocationOf("?"), { signal: never() }));
    rig.standIn.failNext("timeout", 0);
    expect(thrown).toMatchObject({ code: "RUNTIME_ERROR", retryable: true, details: { timedOut: true } });
    expect((await rig.harness.provider.invoke(placement, invocationOf("?"), { signal: never() })).output.text).toBe("well");
  });

  it("no vendor's word and no value is in the log", () => {
    const lines = rig.harness.logLines?.().join("") ?? "";
    expect(lines).not.toContain(secret);
    expect(lines).not.toContain("Value '");
    expect(lines).not.toContain(Buffer.from(secret).toString("base64").slice(4, 20));
  });
});
