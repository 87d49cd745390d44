// What every provider promises of what it holds: exactly what was placed and not destroyed, tagged with whose it is, and nothing of others.
import { expect, it } from "vitest";
import { newId } from "~/server/ids";
import type { PlacedDeployment } from "~/server/providers/provider";
import { buildPlacement } from "~/server/testing/agent-host";
import { agents } from "./agents.conformance";
import { ask, identityOf, never, type OpenHarness, type ProviderHarness, placeAgent, rejectionOf } from "./harness.conformance";

export function describeInventory(open: OpenHarness): void {
  it("placements are exactly what was placed and not destroyed, with whose it is", () => expectExact(open()));

  it("placed twice at once under one deployment, one is there", async () => {
    const harness = open();
    const placement = await buildPlacement(harness.provider, agents.echo);
    const deploy = () => harness.provider.deploy(placement, { signal: never() });
    await Promise.all([deploy(), deploy()]);
    expect((await held(harness)).filter(({ deploymentId }) => deploymentId === placement.deploymentId)).toHaveLength(1);
    await harness.provider.destroy(placement);
    expect(await holds(harness, placement)).toBe(false);
  });

  it("two versions of one agent are two, and destroying one leaves the other answering", async () => {
    const harness = open();
    const first = await placeAgent(harness, agents.echo);
    const second = await placeAgent(harness, agents.counter, { overrides: { ...ownersOf(first), version: 2 } });
    await harness.provider.destroy(first);
    expect(await holds(harness, first)).toBe(false);
    expect(await holds(harness, second)).toBe(true);
    expect(await ask(harness, second)).toBe("1");
  });

  it("a deployment that was cancelled before it began places nothing", async () => {
    const harness = open();
    const placement = await buildPlacement(harness.provider, agents.echo);
    await expect(harness.provider.deploy(placement, { signal: AbortSignal.abort() })).rejects.toThrow();
    expect(await holds(harness, placement)).toBe(false);
  });

  it("a deployment that was cancelled on its way and then destroyed leaves nothing", () => expectCancelledToVanish(open()));

  it("every resource says whose it is: environment, workspace, agent and deployment", async ({ skip }) => {
    const harness = open();
    if (!harness.resources) return skip("there is no vendor");
    const before = new Set((await harness.resources()).map(({ name }) => name));
    const placement = await placeAgent(harness, agents.echo);
    const made = (await harness.resources()).filter(({ name }) => !before.has(name));
    expect(made.length).toBeGreaterThan(0);
    const own = [`environment=${harness.environment}`, `workspace=${placement.workspaceId}`, `agent=${placement.agentId}`];
    for (const { name, tags } of made) expect(tags, name).toEqual(expect.arrayContaining(own));
    expect(made.flatMap(({ tags }) => tags)).toContain(`deployment=${placement.deploymentId}`);
    await harness.provider.destroy(placement);
    const left = (await harness.resources()).filter(({ name }) => !before.has(name));
    expect(left.flatMap(({ tags }) => tags)).not.toContain(`deployment=${placement.deploymentId}`);
  });

  it("what belongs to another environment is not in it, and stays", async ({ skip }) => {
    const harness = open();
    if (!harness.plantForeign) return skip("there is no vendor");
    const foreign = { deploymentId: newId("deployment"), agentId: newId("agent"), workspaceId: newId("workspace") };
    await harness.plantForeign(foreign);
    const count = (await harness.resources?.())?.length;
    expect(await holds(harness, foreign)).toBe(false);
    await harness.provider.destroy(foreign);
    expect((await harness.resources?.())?.length, "destroying by its id reaches ours only").toBe(count);
  });
}

const held = (harness: ProviderHarness) => harness.provider.placements({ signal: never() });

async function holds(harness: ProviderHarness, { deploymentId }: PlacedDeployment): Promise<boolean> {
  return (await held(harness)).some((placed) => placed.deploymentId === deploymentId);
}

function ownersOf({ agentId, workspaceId }: PlacedDeployment) {
  return { agentId, workspaceId };
}

async function expectExact(harness: ProviderHarness): Promise<void> {
  const before = await held(harness);
  const placed = [await placeAgent(harness, agents.echo), await placeAgent(harness, agents.counter)] as const;
  const added = async () => {
    const known = new Set(before.map(({ deploymentId }) => deploymentId));
    return (await held(harness)).filter(({ deploymentId }) => !known.has(deploymentId));
  };
  expect(sorted(await added())).toEqual(sorted(placed.map(identityOf)));
  await harness.provider.stop(placed[0]);
  expect(sorted(await added()), "what does not run is still placed").toEqual(sorted(placed.map(identityOf)));
  await harness.provider.destroy(placed[0]);
  expect(await added()).toEqual([identityOf(placed[1])]);
  await harness.provider.destroy(placed[1]);
  expect(await added()).toEqual([]);
}

function sorted(placed: readonly PlacedDeployment[]): PlacedDeployment[] {
  return [...placed].sort((one, other) => one.deploymentId.localeCompare(other.deploymentId));
}

/** As the house does it: whatever the cut-off call came to, the version is taken back. */
async function expectCancelledToVanish(harness: ProviderHarness): Promise<void> {
  const before = (await harness.resources?.())?.length;
  const placement = await buildPlacement(harness.provider, agents.echo);
  const cancelling = new AbortController();
  const deploying = harness.provider.deploy(placement, { signal: cancelling.signal }).catch(() => undefined);
  setImmediate(() => cancelling.abort());
  await deploying;
  await harness.provider.destroy(placement);
  expect(await holds(harness, placement)).toBe(false);
  expect((await harness.resources?.())?.length).toBe(before);
  expect((await rejectionOf(harness.provider.invoke(placement, callOfNobody(), { signal: never() }))).code).toBe("NOT_FOUND");
}

function callOfNobody() {
  const [traceId, sessionId] = [newId("trace"), newId("agentSession")];
  return { traceId, sessionId, messages: [], options: {}, metadata: {}, timeoutMs: 5_000 };
}
