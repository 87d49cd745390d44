// A process that must stop does not leave its callers guessing: calls that no other gateway can go on with end with the reason, worth trying again (MISSION E8).
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { callAgent, envelopeOf, eventsOf } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

/** It never ends by itself, and counts where it runs. */
const endless = `export default async function* (request, context) {
  globalThis.cutCalls.running += 1;
  yield "begun";
  await new Promise((resolve) => context.signal.addEventListener("abort", resolve, { once: true }));
  globalThis.cutCalls.running -= 1;
}`;
/** Callers are cut as soon as the stop was asked for, and what is then done about it has as long as it takes. */
const atOnce = { cutAfterMs: 0, deadlineMs: 25_000, lastCallsMs: 25_000 };
const provider = createFakeProvider();
const calls = { running: 0 };
let services: TestServices;
let web: Web;
let agent: LiveAgent;
beforeAll(async () => {
  Object.assign(globalThis, { cutCalls: calls });
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  agent = await createLiveAgent(services, await createTestTenant(services), provider, { module: endless });
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false, leave: atOnce });
});

/** The whole text of a stream; `onWord` runs as soon as the agent has said something. */
async function readOn(answer: Response, onWord: () => Promise<void>): Promise<string> {
  let text = "";
  let stopping: Promise<void> | undefined;
  for await (const bytes of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(bytes).toString();
    if (text.includes("begun")) stopping ??= onWord();
  }
  await stopping;
  return text;
}

it("a stream ends with a marked, retryable error, and never said that it could be resumed", async () => {
  const answer = await callAgent(web.url, agent, { path: "/stream" });
  const text = await readOn(answer, () => web.drain());
  const events = eventsOf(text);
  expect(events.map(({ event }) => event)).toEqual(["meta", "delta", "error"]);
  expect(events[0]?.data).not.toHaveProperty("resumeUrl");
  expect(events[2]?.data).toMatchObject({
    error: { code: "RUNTIME_ERROR", retryable: true, details: { reason: "gateway_stopped" } },
  });
  expect(calls.running).toBe(0);
  const rows = await services.owner.selectFrom("invocations").select(["mode", "outcome"]).execute();
  expect(rows).toEqual([{ mode: "stream", outcome: "error" }]);
});

it("a whole answer is an error of the runtime, worth trying again", async () => {
  const drainOnceItRuns = async () => {
    await expect.poll(() => calls.running, { timeout: 30_000 }).toBe(1);
    await web.drain();
  };
  const [refused] = await Promise.all([callAgent(web.url, agent).then(envelopeOf), drainOnceItRuns()]);
  expect(refused).toMatchObject({
    status: 502,
    error: { code: "RUNTIME_ERROR", retryable: true, details: { reason: "gateway_stopped" } },
  });
  expect(calls.running).toBe(0);
});

it("a call that outlives its caller ends with its gateway, and is written down", async () => {
  const headers = { "idempotency-key": "one-of-this-test" };
  const caller = new AbortController();
  const asked = callAgent(web.url, agent, { headers, signal: caller.signal }).catch(() => null);
  await expect.poll(() => calls.running, { timeout: 30_000 }).toBe(1);
  caller.abort();
  await asked;
  await web.drain();
  expect(calls.running).toBe(0);
  const rows = await services.owner.selectFrom("invocations").select(["mode", "outcome"]).execute();
  expect(rows).toEqual([{ mode: "json", outcome: "error" }]);
});
