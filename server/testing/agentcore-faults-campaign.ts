// Each request that the AgentCore adapter makes fails in turn, in every way: the words are safe, the tries are counted, the state converges.
import { expect } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { AppError } from "~/server/errors";
import { buildPlacement } from "./agent-host";
import type { AgentCoreRig } from "./agentcore-rig";
import type { StandInFault } from "./agentcore-stand-in/agentcore-stand-in";

export const standInFaults: readonly StandInFault[] = [
  400,
  401,
  402,
  403,
  404,
  409,
  429,
  500,
  503,
  "timeout",
  "stalled",
  "reset",
  "garbage",
];
/** What the SDK tries again by itself, three times in all. */
const triedAgain: ReadonlySet<StandInFault> = new Set([429, 500, 503, "timeout", "reset"]);
const triesMax = 3;
const secret = "swordfish-under-the-ice-5521";
const never = () => new AbortController().signal;

export type AgentCoreAct = {
  of: string;
  run(rig: AgentCoreRig, placement: Placement): Promise<unknown>;
  isPlacedBefore: boolean;
};

/** Each act with the requests it is made of; what a test of it needs is placed before. */
export const agentCoreActs: readonly AgentCoreAct[] = [
  {
    of: "deploy",
    isPlacedBefore: false,
    run: ({ harness }, placement) => harness.provider.deploy(placement, { signal: never() }),
  },
  {
    of: "refresh",
    isPlacedBefore: true,
    run: ({ harness }, placement) => harness.provider.refreshSecrets(placement, { signal: never() }),
  },
  { of: "placements", isPlacedBefore: true, run: ({ harness }) => harness.provider.placements({ signal: never() }) },
  {
    of: "holders",
    isPlacedBefore: true,
    run: ({ harness }, { deploymentId }) => harness.provider.holders([deploymentId], { signal: never() }),
  },
  {
    of: "logs",
    isPlacedBefore: true,
    run: ({ harness }, placement) => harness.provider.logs(placement, { limit: 10 }),
  },
  { of: "destroy", isPlacedBefore: true, run: ({ harness }, placement) => harness.provider.destroy(placement) },
];

export async function prepareAct(rig: AgentCoreRig, act: AgentCoreAct): Promise<Placement> {
  const placement = await buildPlacement(rig.harness.provider, "export default () => 'well';");
  rig.harness.configure(placement.deploymentId, { API_SECRET: secret }, { API_SECRET: 1 });
  if (act.isPlacedBefore) await rig.harness.provider.deploy(placement, { signal: never() });
  if (act.of === "refresh") rig.harness.configure(placement.deploymentId, { API_SECRET: `${secret}-2` }, { API_SECRET: 2 });
  return placement;
}

/** Which requests the act makes when nothing is wrong. */
async function actionsOf(rig: AgentCoreRig, act: AgentCoreAct): Promise<string[]> {
  const placement = await prepareAct(rig, act);
  const from = rig.standIn.calls.length;
  await act.run(rig, placement);
  const actions = [...new Set(rig.standIn.calls.slice(from).map(({ action }) => action))];
  await rig.harness.provider.destroy(placement);
  return actions.filter((action) => !/InvokeAgentRuntime|StopRuntimeSession/.test(action));
}

export async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => error,
  );
}

/** A fault that stays for a while: the act ends by itself. Then it passes: the same act, or taking it back, comes to its end. */
async function expectConvergence(
  rig: AgentCoreRig,
  act: AgentCoreAct,
  { action, fault }: { action: string; fault: StandInFault },
): Promise<void> {
  const where = `${act.of}, ${action} answers ${fault}`;
  const placement = await prepareAct(rig, act);
  const from = rig.standIn.calls.length;
  rig.standIn.failNext(fault, 1_000, (asked) => asked === action);
  const thrown = await outcomeOf(act.run(rig, placement));
  rig.standIn.failNext(fault, 0);
  if (thrown !== null) {
    expect(thrown, where).toBeInstanceOf(AppError);
    const { message, details, retryable, code } = thrown as AppError;
    expect(JSON.stringify([message, details]), where).not.toMatch(/swordfish|WHS_GRANT|AKID|Credential|Value '/);
    expect(message, where).toMatch(/\.$/);
    // A record that the bucket says it does not have is that of a version which was never placed.
    const isUnplaced = fault === 404 && action === "s3:GetObject";
    expect(["DEPLOYMENT_FAILED", "RUNTIME_ERROR", ...(isUnplaced ? ["NOT_FOUND"] : [])], where).toContain(code);
    if (fault === 401 || fault === 403) expect(retryable, where).toBe(false);
    if (fault === 429 || fault === 503) expect(retryable, where).toBe(true);
  }
  // What may come about by itself is looked at until patience is over; the pauses grow, so that these are few too.
  const tries = rig.standIn.calls.slice(from).filter((call) => call.action === action).length;
  expect(tries, where).toBeLessThanOrEqual(fault === 409 || fault === 404 ? 40 : triedAgain.has(fault) ? 3 * triesMax : 12);
  await act.run(rig, placement);
  await rig.harness.provider.destroy(placement);
  const left = await rig.harness.resources?.();
  expect(JSON.stringify(left), where).not.toContain(placement.deploymentId);
}

/** `share`: of the faults of each request, how many of a kind are tried, beginning at another one for each; all of them: every one. */
export async function runAgentCoreFaults(
  rig: AgentCoreRig,
  act: AgentCoreAct,
  share: { seed: number; count: number },
): Promise<number> {
  const actions = await actionsOf(rig, act);
  expect(actions.length).toBeGreaterThan(0);
  for (const [place, action] of actions.entries()) {
    for (let step = 0; step < share.count; step += 1) {
      const fault = standInFaults[(share.seed + place * 5 + step) % standInFaults.length];
      if (fault !== undefined) await expectConvergence(rig, act, { action, fault });
    }
  }
  return actions.length * share.count;
}
