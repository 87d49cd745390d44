// The same call sent many times at once, to several gateways: it is made once, whichever way says that it is the same (MISSION E1, E5, E7).
import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createSigningSecret } from "~/server/api-keys/create-signing-secret";
import { signatureOf } from "~/server/auth/signed-request";
import { startWeb, type Web } from "~/server/http/start-web";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { callAgent, envelopeOf } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { type FurtherProcess, openFurtherProcess } from "~/server/testing/further-process";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { delegationSignatureOf } from "./delegated-call";

const racers = 40;
const crm = { source: "crm", secret: "s".repeat(32) };
const provider = createFakeProvider();
let services: TestServices;
let other: FurtherProcess;
let webs: [Web, Web];
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;

beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([provider]), config: { delegation: [crm] } });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
  agent = await createLiveAgent(services, tenant, provider);
  other = openFurtherProcess(services, { redis: "same" });
  webs = [
    await startWeb(services, { rootDirectory: null, watchesBuild: false }),
    await startWeb(other.services, { rootDirectory: null, watchesBuild: false }),
  ];
});
afterEach(async () => {
  await Promise.all(webs.map((web) => web.drain()));
  await other.close();
});

/** All of them at once, to both gateways in turns. */
function race(send: (url: string) => Promise<Response>): Promise<Response[]> {
  return Promise.all(Array.from({ length: racers }, (_, place) => send(webs[place % 2 === 0 ? 0 : 1].url)));
}

/** How many calls were made, once everything is written down. */
async function made(): Promise<number> {
  await Promise.all(webs.map((web) => web.drain()));
  return (await services.owner.selectFrom("invocations").select("id").execute()).length;
}

/** Everybody got the one answer, or was told to come again for it; who does gets it. */
async function expectOneAnswer(answers: Response[], again: () => Promise<Response>): Promise<void> {
  const passed = answers.filter(({ status }) => status === 200);
  const fresh = passed.filter(({ headers }) => headers.get("idempotency-replayed") === null);
  expect(fresh).toHaveLength(1);
  const told = await Promise.all(answers.filter(({ status }) => status !== 200).map(envelopeOf));
  for (const { status, error } of told) {
    expect([status, error.retryable, error.details?.reason]).toEqual([409, true, "idempotency_key_in_use"]);
  }
  const [first, ...repeated] = await Promise.all(passed.map((answer) => answer.json()));
  for (const one of [...repeated, await (await again()).json()]) expect(one).toEqual(first);
  expect(await made()).toBe(1);
}

it("of many calls under one Idempotency-Key one is made", async () => {
  const send = (url: string) => callAgent(url, agent, { headers: { "idempotency-key": "the same" } });
  await expectOneAnswer(await race(send), () => send(webs[1].url));
});

it("of many calls that are delegated under one key one is made", async () => {
  const delegation = { mode: "hmac_v1", externalUserId: tenant.user.id, idempotencyKey: "the same" };
  const body = JSON.stringify({ delegation, invoke: { input: { prompt: "hello" } } });
  const timestamp = String(services.clock.now().getTime());
  const headers = {
    "x-whs-delegation-source": crm.source,
    "x-whs-delegation-timestamp": timestamp,
    "x-whs-delegation-signature": delegationSignatureOf(crm.secret, { timestamp, source: crm.source, raw: Buffer.from(body) }),
  };
  const send = (url: string) => fetch(`${url}/v1/delegated/invoke/${agent.agentId}`, { method: "POST", headers, body });
  await expectOneAnswer(await race(send), () => send(webs[1].url));
});

it("of many signed calls with one nonce one is made, and the others are told that it is used", async () => {
  const { id: keyId } = await services.owner.selectFrom("apiKeys").select("id").executeTakeFirstOrThrow();
  const { secret } = await createSigningSecret(services, tenant.scope, { keyId });
  const [path, body] = [`/v1/invoke/${agent.agentId}`, JSON.stringify({ input: { prompt: "hello" } })];
  const timestamp = String(services.clock.now().getTime());
  const nonce = randomBytes(16).toString("hex");
  const signature = signatureOf(secret, { timestamp, nonce, method: "POST", path, raw: Buffer.from(body) });
  const headers = { "x-whs-key-id": keyId, "x-whs-timestamp": timestamp, "x-whs-nonce": nonce, "x-whs-signature": signature };
  const answers = await race((url) => fetch(`${url}${path}`, { method: "POST", headers, body }));
  const refused = await Promise.all(answers.filter(({ status }) => status !== 200).map(envelopeOf));
  expect(refused.map(({ status, error }) => [status, error.details?.reason])).toEqual(
    Array.from({ length: racers - 1 }, () => [401, "nonce_used"]),
  );
  expect(await made()).toBe(1);
  const nonces = await services.owner.selectFrom("requestNonces").selectAll().execute();
  expect(nonces).toHaveLength(1);
});
