// Calls proven by a signature: over these bytes, in these minutes, once; by any of a key's secrets (MISSION E7).
import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSigningSecret } from "~/server/api-keys/create-signing-secret";
import { removeSigningSecret } from "~/server/api-keys/remove-signing-secret";
import { revokeApiKey } from "~/server/api-keys/revoke-api-key";
import { signatureOf } from "~/server/auth/signed-request";
import { startWeb, type Web } from "~/server/http/start-web";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { envelopeOf } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
let provider: FakeProvider;
let web: Web;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;
let keyId: string;
let secret: string;

beforeAll(async () => {
  provider = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
  agent = await createLiveAgent(services, tenant, provider);
  ({ id: keyId } = await services.owner.selectFrom("apiKeys").select("id").executeTakeFirstOrThrow());
  ({ secret } = await createSigningSecret(services, tenant.scope, { keyId }));
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterEach(() => web.drain());

type Forgery = {
  secret?: string;
  signedBody?: string;
  signedPath?: string;
  headers?: Record<string, string>;
  nonce?: string;
  at?: Date;
  query?: string;
};

function send(forgery: Forgery = {}) {
  const [path, body] = [`/v1/invoke/${agent.agentId}`, JSON.stringify({ input: { prompt: "hello" } })];
  const timestamp = String((forgery.at ?? services.clock.now()).getTime());
  const nonce = forgery.nonce ?? randomBytes(16).toString("hex");
  const content = { method: "POST", path: forgery.signedPath ?? path, raw: Buffer.from(forgery.signedBody ?? body) };
  const signature = signatureOf(forgery.secret ?? secret, { timestamp, nonce, ...content });
  const headers = { "x-whs-key-id": keyId, "x-whs-timestamp": timestamp, "x-whs-nonce": nonce, "x-whs-signature": signature };
  return fetch(`${web.url}${path}${forgery.query ?? ""}`, { method: "POST", headers: { ...headers, ...forgery.headers }, body });
}

const reasonOf = async (answer: Response) => {
  const { status, error } = await envelopeOf(answer);
  return [status, error.details?.reason];
};

describe("a signed call", () => {
  it("passes, as its key, and is limited and recorded as its key", async () => {
    const answer = await send();
    expect(await answer.json()).toMatchObject({ output: { text: "echo: hello" } });
    expect(answer.headers.get("ratelimit-remaining")).not.toBeNull();
    await web.drain();
    const rows = await services.owner.selectFrom("invocations").select("principal").execute();
    expect(rows).toEqual([{ principal: `api_key:${keyId}` }]);
  });

  it("passes once: the same nonce is refused, also with Redis emptied in between, also for another body", async () => {
    const nonce = "n".repeat(16);
    expect((await send({ nonce })).status).toBe(200);
    await services.redis.flushdb();
    expect(await reasonOf(await send({ nonce }))).toEqual([401, "nonce_used"]);
    services.clock.advance(2 * 60_000);
    expect(await reasonOf(await send({ nonce }))).toEqual([401, "nonce_used"]);
  });

  it("over its rate is refused before its nonce is written down", async () => {
    await services.owner.updateTable("apiKeys").set({ callsPerMinuteMax: 1 }).where("id", "=", keyId).execute();
    expect([(await send()).status, (await send()).status, (await send()).status]).toEqual([200, 429, 429]);
    expect(await services.owner.selectFrom("requestNonces").select("keyId").execute()).toHaveLength(1);
  });

  const forgeries: Record<string, [Forgery, string]> = {
    "by another secret": [{ secret: "whs_sign_other" }, "bad_signature"],
    "over another body": [{ signedBody: "{}" }, "bad_signature"],
    "over another path": [{ signedPath: "/v1/invoke/agt_other" }, "bad_signature"],
    "in upper case": [{ headers: { "x-whs-signature": `v1=${"A".repeat(64)}` } }, "signature_malformed"],
    "cut short": [{ headers: { "x-whs-signature": "v1=ab" } }, "signature_malformed"],
    doubled: [{ headers: { "x-whs-signature": `v1=${"a".repeat(64)}, v1=${"a".repeat(64)}` } }, "signature_malformed"],
    "of an unknown key": [{ headers: { "x-whs-key-id": "key_01ARZ3NDEKTSV4RRFFQ69G5FAV" } }, "bad_signature"],
    "with a nonce of three letters": [{ nonce: "abc" }, "signature_malformed"],
    "beside an API key": [{ headers: { authorization: "Bearer whs_x" } }, "two_proofs"],
  };
  for (const [name, [forgery, reason]] of Object.entries(forgeries)) {
    it(`${name} is refused`, async () => expect(await reasonOf(await send(forgery))).toEqual([401, reason]));
  }

  it("from more than five minutes ago or ahead is refused, and leaves no nonce", async () => {
    for (const offMs of [-300_001, 300_001]) {
      const at = new Date(services.clock.now().getTime() + offMs);
      expect(await reasonOf(await send({ at }))).toEqual([401, "timestamp_out_of_window"]);
    }
    expect(await services.owner.selectFrom("requestNonces").select("keyId").execute()).toEqual([]);
  });

  it("with a query, which nobody signed, is refused", async () => {
    expect((await send({ query: "?x=1" })).status).toBe(400);
  });

  it("is refused once its key is revoked", async () => {
    expect((await send()).status).toBe(200);
    await revokeApiKey(services, tenant.scope, { keyId });
    expect((await send()).status).toBe(401);
  });
});

describe("signing secrets", () => {
  it("count side by side while they are rotated, until the old one is removed", async () => {
    const { id: secretId } = await services.owner.selectFrom("signingSecrets").select("id").executeTakeFirstOrThrow();
    const { secret: next } = await createSigningSecret(services, tenant.scope, { keyId });
    expect([(await send()).status, (await send({ secret: next })).status]).toEqual([200, 200]);
    await removeSigningSecret(services, tenant.scope, { keyId, secretId });
    expect([(await send()).status, (await send({ secret: next })).status]).toEqual([401, 200]);
  });

  it("stand sealed in their rows, bound to them: moved to another key they open nothing", async () => {
    const rows = await services.owner.selectFrom("signingSecrets").selectAll().execute();
    expect(JSON.stringify(rows) + rows[0]?.sealedSecret.toString("latin1")).not.toContain(secret.slice(14));
    await createLiveAgent(services, tenant, provider);
    const other = await services.owner.selectFrom("apiKeys").select("id").where("id", "!=", keyId).executeTakeFirstOrThrow();
    await services.owner.updateTable("signingSecrets").set({ keyId: other.id }).execute();
    expect((await send({ headers: { "x-whs-key-id": other.id } })).status).toBeGreaterThanOrEqual(400);
  });

  it("are five at most", async () => {
    for (let more = 0; more < 4; more += 1) await createSigningSecret(services, tenant.scope, { keyId });
    await expect(createSigningSecret(services, tenant.scope, { keyId })).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

it("signs as the documented vector says", () => {
  const content = {
    method: "POST",
    path: "/v1/invoke/agt_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    raw: Buffer.from('{"input":{"prompt":"Hello!"}}'),
  };
  const signed = signatureOf("whs_sign_example", { timestamp: "1763769600000", nonce: "0123456789abcdef", ...content });
  expect(signed).toMatchInlineSnapshot(`"v1=33f2315c1ddf5fd502fd4813f326e2326e48c79269bd994b19076061e2af41bd"`);
});
