// What a plan bounds of a call holds whatever the manifest asks for: its time, its body and what it streams (MISSION E2).
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { callAgent, envelopeOf, eventsOf } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent } from "~/server/testing/live-agent";
import { overrideLimits } from "~/server/testing/override-limits";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
let provider: FakeProvider;
let web: Web;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
beforeAll(async () => {
  provider = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterEach(() => web.drain());

it("a manifest that asks for a minute gets as long as the plan grants", async () => {
  await overrideLimits(services, tenant.workspace, { timeoutMsMax: 100 });
  const agent = await createLiveAgent(services, tenant, provider, {
    module: "export default () => new Promise(() => {});",
    manifest: { limits: { timeoutMs: 60_000, memoryMb: 128 } },
  });
  const refused = await envelopeOf(await callAgent(web.url, agent));
  expect(refused).toMatchObject({ status: 504, error: { code: "RUNTIME_ERROR", retryable: true } });
});

it("a body is as large as the plan lets, and one byte more is refused before any runtime", async () => {
  await overrideLimits(services, tenant.workspace, { invokeBodyBytesMax: 1_000 });
  const agent = await createLiveAgent(services, tenant, provider);
  const body = JSON.stringify({ input: { prompt: "hello" } });
  expect((await callAgent(web.url, agent, { body: body.padEnd(1_000) })).status).toBe(200);
  const refused = await envelopeOf(await callAgent(web.url, agent, { body: body.padEnd(1_001) }));
  expect(refused).toMatchObject({ status: 413, error: { code: "PAYLOAD_TOO_LARGE", retryable: false } });
  await web.drain();
  expect(await services.owner.selectFrom("invocations").select("id").execute()).toHaveLength(1);
});

it("a body of a great many fields is refused before any schema judges it, at the doors of calls and of procedures", async () => {
  const agent = await createLiveAgent(services, tenant, provider);
  const many = Object.fromEntries(Array.from({ length: 5_001 }, (_, nth) => [`k${nth}`, 1]));
  const reason = { status: 400, error: { code: "INVALID_REQUEST", details: { reason: "too_many_fields" } } };
  const body = JSON.stringify({ input: { prompt: "hello" }, metadata: many });
  expect(await envelopeOf(await callAgent(web.url, agent, { body }))).toMatchObject(reason);
  expect(await envelopeOf(await callAgent(web.url, agent, { body, path: "/stream" }))).toMatchObject(reason);
  const headers = { "content-type": "application/json" };
  const asked = { method: "POST", headers, body: JSON.stringify({ json: many }) };
  const refused = await fetch(`${web.url}/trpc/accounts.signIn`, asked);
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("too_many_fields")]);
});

it("a stream that says more than the plan lets ends with the reason, and the agent is stopped", async () => {
  await overrideLimits(services, tenant.workspace, { answerBytesMax: 2_000 });
  const module = `export default async function* () { for (let n = 0; n < 100; n += 1) yield "x".repeat(100); }`;
  const agent = await createLiveAgent(services, tenant, provider, { module });
  const text = await (await callAgent(web.url, agent, { path: "/stream" })).text();
  expect(Buffer.byteLength(text)).toBeLessThan(2_500);
  expect(eventsOf(text).at(-1)).toMatchObject({ event: "error", data: { error: { details: { reason: "answer_too_large" } } } });
});

it("a whole answer that is larger than the plan lets is refused with the reason", async () => {
  await overrideLimits(services, tenant.workspace, { answerBytesMax: 2_000 });
  const agent = await createLiveAgent(services, tenant, provider, { module: `export default () => "x".repeat(2_001);` });
  const refused = await envelopeOf(await callAgent(web.url, agent));
  expect(refused).toMatchObject({ status: 502, error: { code: "RUNTIME_ERROR", details: { reason: "answer_too_large" } } });
});
