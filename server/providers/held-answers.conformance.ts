// What a gateway holds of answers at a runtime elsewhere, as tests for each of those: bounded, fair, and told plainly.
import { beforeAll, expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { newId } from "~/server/ids";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import { never, rejectionOf } from "./conformance/harness.conformance";
import type { HeldAnswers } from "./held-answers";
import type { Provider } from "./provider";

export type HeldHarness = {
  provider: Provider;
  answers: HeldAnswers;
  /** Where agents wait until they are let through; those that come later are not stopped. */
  gate: { url: string; open(): void };
  /** How often an agent was called. */
  calls(): number;
};

/** What `answers` is to be made with. */
export const heldBytesMax = 32 * 1024 * 1024;

const pieces = 35;
const piece = 30_000;
/** A little over a million characters, which count twice: seven of them are within a workspace's half, eight are not. */
const large = `export default async function* (request) {
  for (let n = 0; n < ${pieces}; n += 1) yield "x".repeat(${piece});
  await fetch(request.input.messages[0].content);
  yield "end";
}`;
const [asked, within] = [12, 7];
const patient = { timeoutMs: 50_000 };

export function describeHeldAnswers(open: () => HeldHarness): void {
  const workspaceId = newId("workspace");
  let speaker: Placement;
  let neighbour: Placement;

  async function place(source: string, overrides: Partial<Placement>): Promise<Placement> {
    const placement = await buildPlacement(open().provider, source, { ...patient, ...overrides });
    await open().provider.deploy(placement, { signal: never() });
    return placement;
  }

  beforeAll(async () => {
    speaker = await place(large, { workspaceId });
    neighbour = await place("export default () => 'fine';", {});
  });

  it("of many large answers at once those that fit are said whole, the others end with a word, and a neighbour notices nothing", async () => {
    const { provider, answers, gate, calls } = open();
    // In one session they share a process where each session has one.
    const { sessionId } = invocationOf("?");
    const ask = (placement: Placement) =>
      provider.invoke(placement, invocationOf(gate.url, { ...patient, sessionId }), { signal: never() });
    let held = 0;
    const over: unknown[] = [];
    const all = Array.from({ length: asked }, () => ask(speaker));
    for (const call of all) call.catch((error: unknown) => void over.push(error));
    const look = () => {
      held = Math.max(held, answers.bytes);
      return over.length;
    };
    await expect.poll(look, { timeout: 45_000 }).toBe(asked - within);
    const before = calls();
    expect(await rejectionOf(ask(speaker))).toMatchObject({
      code: "RATE_LIMITED",
      retryable: true,
      details: { reason: "gateway_full" },
    });
    expect(calls()).toBe(before);
    expect((await ask(neighbour)).output.text).toBe("fine");
    gate.open();
    const settled = await Promise.allSettled(all);
    const texts = settled.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value.output.text] : []));
    expect(texts.map(({ length }) => length)).toEqual(Array.from({ length: within }, () => pieces * piece + "end".length));
    for (const error of over) {
      expect(error).toMatchObject({ code: "RUNTIME_ERROR", retryable: true, details: { reason: "answer_given_up" } });
    }
    expect(held).toBeLessThanOrEqual(heldBytesMax / 2);
    expect(answers.bytes).toBe(0);
    expect((await ask(speaker)).output.text).toHaveLength(pieces * piece + "end".length);
  });
}
