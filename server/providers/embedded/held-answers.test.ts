// Whole answers of this machine's agents, as they arrive in this process, stay within its bound.
import { afterAll, beforeAll, expect, it } from "vitest";
import { HeldAnswers } from "~/server/providers/held-answers";
import { invocationOf, startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";
import { openPlacedAgents } from "~/server/testing/placed-agents";
import { createEmbeddedProvider } from "./embedded-provider";

const never = () => new AbortController().signal;
let host: TestAgentHost;
beforeAll(async () => {
  host = await startTestAgentHost();
});
afterAll(() => host.stop());

it("one that is larger than its workspace's share ends with a word, smaller ones are said, and nothing is left held", async () => {
  const answers = new HeldAnswers(2 * 1024 * 1024);
  const provider = createEmbeddedProvider({ ...host.config, answers });
  const placement = await openPlacedAgents(host).place(
    "export default (request) => 'x'.repeat(Number(request.input.messages[0].content));",
  );
  const ask = async (length: number) =>
    (await provider.invoke(placement, invocationOf(String(length)), { signal: never() })).output.text.length;
  expect(await ask(400_000)).toBe(400_000);
  await expect(ask(1_000_000)).rejects.toMatchObject({
    code: "RUNTIME_ERROR",
    retryable: true,
    details: { reason: "answer_given_up" },
  });
  expect(answers.bytes).toBe(0);
  expect(await ask(400_000)).toBe(400_000);
  const full = answers.open(placement.workspaceId, () => undefined);
  full.hold("text", 900_000);
  await expect(ask(1)).rejects.toMatchObject({ code: "RATE_LIMITED", details: { reason: "gateway_full" } });
  full.release();
  expect(await ask(1)).toBe(1);
});
