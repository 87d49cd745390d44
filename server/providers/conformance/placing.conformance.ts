// What every provider promises of placing: once per deployment, never changed, beside what runs, and gone when it is destroyed.
import { expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { newId } from "~/server/ids";
import { readEvents } from "~/server/providers/read-events";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import { agents } from "./agents.conformance";
import { never, type OpenHarness, type ProviderHarness, placeAgent, rejectionOf } from "./harness.conformance";

export function describePlacing(open: OpenHarness): void {
  it("placing the same deployment twice places one", async () => {
    const harness = open();
    const placement = await placeAgent(harness, agents.echo);
    await harness.provider.deploy(placement, { signal: never() });
    await harness.provider.activate(placement, { signal: never() });
    const answer = await harness.provider.invoke(placement, invocationOf("hello"), { signal: never() });
    expect(answer.output.text).toBe("hello");
  });

  it("a placed deployment never changes", async () => {
    const harness = open();
    const placement = await placeAgent(harness, agents.echo);
    const other = await buildPlacement(harness.provider, agents.counter, sameVersion(placement));
    expect((await rejectionOf(harness.provider.deploy(other, { signal: never() }))).code).toBe("CONFLICT");
  });

  it("a module that does not match its digest is refused", async () => {
    const harness = open();
    const placement = await buildPlacement(harness.provider, agents.echo);
    const damaged = { ...placement, module: `${placement.module} ` };
    expect((await rejectionOf(harness.provider.deploy(damaged, { signal: never() }))).code).toBe("DEPLOYMENT_FAILED");
  });

  it("a new version beside the old leaves calls in flight alone", async () => {
    const harness = open();
    const old = await placeAgent(harness, agents.endless);
    const stream = await harness.provider.stream(old, invocationOf("go"), { signal: never() });
    const events = readEvents(stream);
    await events.next();
    const next = await placeAgent(harness, agents.echo, { overrides: { agentId: old.agentId, version: 2 } });
    await harness.provider.activate(next, { signal: never() });
    expect((await harness.provider.invoke(next, invocationOf("new"), { signal: never() })).output.text).toBe("new");
    const { value } = await events.next();
    expect(value).toMatchObject({ event: "delta" });
    stream.destroy();
  });

  it("an agent that throws while it loads is placed by nobody or fails its activation, in its own words", async () => {
    const harness = open();
    const placement = await buildPlacement(harness.provider, "throw new Error('no config at import'); export default () => '';");
    const error = await rejectionOf(makeReady(harness, placement));
    expect(error.code).toBe("DEPLOYMENT_FAILED");
    expect(error.message).toContain("no config at import");
  });

  it("an agent without a handler is placed by nobody or fails its activation, and says what to write", async () => {
    const harness = open();
    const placement = await buildPlacement(harness.provider, "export const answer = 42;");
    expect((await rejectionOf(makeReady(harness, placement))).message).toContain("export default");
  });

  it("stopping ends what runs and leaves it placed: the next call starts it anew", async () => {
    const harness = open();
    const placement = await placeAgent(harness, agents.endless);
    await harness.provider.stop(placement);
    const stream = await harness.provider.stream(placement, invocationOf("go"), { signal: never() });
    const broke = new Promise((resolve) => stream.once("close", resolve));
    stream.on("error", () => undefined).resume();
    await harness.provider.stop(placement);
    await broke;
    await harness.provider.stop({ ...placement, deploymentId: newId("deployment") });
    const again = readEvents(await harness.provider.stream(placement, invocationOf("go"), { signal: never() }));
    expect((await again.next()).value).toMatchObject({ event: "meta" });
    await again.return(undefined);
  });

  it("destroying what is not there succeeds, and what was destroyed is gone", async () => {
    const harness = open();
    const placement = await placeAgent(harness, agents.echo);
    await harness.provider.destroy(placement);
    await harness.provider.destroy(placement);
    const error = await rejectionOf(harness.provider.invoke(placement, invocationOf("?"), { signal: never() }));
    expect(error.code).toBe("NOT_FOUND");
  });
}

/** Some runtimes load a module as it is placed, others as it is started. */
async function makeReady(harness: ProviderHarness, placement: Placement): Promise<void> {
  await harness.provider.deploy(placement, { signal: never() });
  await harness.provider.activate(placement, { signal: never() });
}

function sameVersion({ deploymentId, agentId, workspaceId, userId, stateKey }: Placement): Partial<Placement> {
  return { deploymentId, agentId, workspaceId, userId, stateKey };
}
