// Calls that a trusted back end makes for people: signed over the raw bytes, made once, authorised and charged as the person (MISSION E5).
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { envelopeOf } from "~/server/testing/call-agent";
import { addTestMember, createTestTenant, createTestUser } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { delegationSignatureOf } from "./delegated-call";

const secrets = { old: "o".repeat(32), young: "y".repeat(32), shop: "s".repeat(32) };
let services: TestServices;
let provider: FakeProvider;
let web: Web;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;

beforeAll(async () => {
  provider = createFakeProvider();
  const delegation = [
    { source: "crm", secret: secrets.young },
    { source: "crm", secret: secrets.old },
    { source: "shop", secret: secrets.shop },
  ];
  services = await createTestServices({ providers: createProviderRegistry([provider]), config: { delegation } });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
  agent = await createLiveAgent(services, tenant, provider);
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterEach(() => web.drain());

type Sending = {
  person?: string;
  key?: string;
  prompt?: string;
  secret?: string;
  source?: string;
  signedSource?: string;
  at?: Date;
  headers?: Record<string, string>;
  agentId?: string;
  body?: string;
};

function send(sending: Sending = {}) {
  const { source = "crm", key = "one", prompt = "hello" } = sending;
  const delegation = { mode: "hmac_v1", externalUserId: sending.person ?? tenant.user.id, idempotencyKey: key };
  const body = sending.body ?? JSON.stringify({ delegation, invoke: { input: { prompt } } });
  const timestamp = String((sending.at ?? services.clock.now()).getTime());
  const signed = { timestamp, source: sending.signedSource ?? source, raw: Buffer.from(body) };
  const headers = {
    "x-whs-delegation-source": source,
    "x-whs-delegation-timestamp": timestamp,
    "x-whs-delegation-signature": delegationSignatureOf(sending.secret ?? secrets.young, signed),
    ...sending.headers,
  };
  return fetch(`${web.url}/v1/delegated/invoke/${sending.agentId ?? agent.agentId}`, { method: "POST", headers, body });
}

const reasonOf = async (answer: Response) => {
  const { status, error } = await envelopeOf(answer);
  return [status, error.details?.reason];
};

describe("a delegated call", () => {
  it("is made and recorded as the person, and audited with its source", async () => {
    expect(await (await send()).json()).toMatchObject({ output: { text: "echo: hello" } });
    await web.drain();
    expect(await services.owner.selectFrom("invocations").select("principal").execute()).toEqual([
      { principal: `user:${tenant.user.id}` },
    ]);
    const [entry] = await services.owner
      .selectFrom("auditEntries")
      .select(["actorId", "metadata", "targetId"])
      .where("action", "=", "agent.invoke_delegated")
      .execute();
    expect(entry).toMatchObject({ actorId: tenant.user.id, targetId: agent.agentId, metadata: { source: "crm" } });
  });

  it("is made once per person, agent and key; another body is CONFLICT", async () => {
    const first = await (await send()).json();
    const again = await send();
    expect([await again.json(), again.headers.get("idempotency-replayed")]).toEqual([first, "true"]);
    expect(await reasonOf(await send({ prompt: "other" }))).toEqual([409, "idempotency_key_reused"]);
    const other = await createTestUser(services);
    await addTestMember(services, tenant.workspace, other, "member");
    expect((await send({ person: other.id })).headers.get("idempotency-replayed")).toBeNull();
  });

  it("finds the person by how they sign in", async () => {
    const identity = { id: newId("identity"), provider: "https://id.example", subject: "77", userId: tenant.user.id };
    await services.owner
      .insertInto("externalIdentities")
      .values({ ...identity, email: null, lastUsedAt: null })
      .execute();
    expect((await send({ person: "https://id.example|77" })).status).toBe(200);
    expect((await send({ person: "https://id.example|78", key: "two" })).status).toBe(404);
    await services.owner.updateTable("externalIdentities").set({ subject: "auth0|77" }).execute();
    expect((await send({ person: "https://id.example|auth0|77", key: "three" })).status).toBe(200);
  });

  it("may do what the person may: a viewer no call, a stranger sees no agent, a disabled account nothing", async () => {
    const viewer = await createTestUser(services);
    await addTestMember(services, tenant.workspace, viewer, "viewer");
    expect((await send({ person: viewer.id })).status).toBe(403);
    const stranger = await createTestTenant(services);
    const [foreign, missing] = [await send({ person: stranger.user.id }), await send({ agentId: newId("agent") })];
    const [one, two] = [await envelopeOf(foreign), await envelopeOf(missing)];
    expect({ ...one, traceId: "" }).toEqual({ ...two, traceId: "" });
    expect(one.status).toBe(404);
    await services.owner.updateTable("users").set({ disabledAt: new Date() }).where("id", "=", tenant.user.id).execute();
    expect(await reasonOf(await send())).toEqual([403, "account_disabled"]);
  });

  it("may be signed by any secret of its source, while they are rotated, and by none of another source", async () => {
    expect((await send({ secret: secrets.old })).status).toBe(200);
    expect(await reasonOf(await send({ secret: secrets.shop }))).toEqual([401, "bad_signature"]);
    expect(await reasonOf(await send({ source: "shop", signedSource: "crm", secret: secrets.shop }))).toEqual([
      401,
      "bad_signature",
    ]);
  });

  it("is refused outside of its minutes, with bent headers, and with an API key or a cookie in place of the signature", async () => {
    for (const offMs of [-300_001, 300_001]) {
      const at = new Date(services.clock.now().getTime() + offMs);
      expect(await reasonOf(await send({ at }))).toEqual([401, "timestamp_out_of_window"]);
    }
    const bent = { "x-whs-delegation-signature": `v1=${"A".repeat(64)}` };
    expect(await reasonOf(await send({ headers: bent }))).toEqual([401, "signature_malformed"]);
    const bearer = await fetch(`${web.url}/v1/delegated/invoke/${agent.agentId}`, {
      method: "POST",
      headers: { authorization: `Bearer ${agent.apiKey}`, cookie: "whs_session=x" },
      body: "{}",
    });
    expect(await reasonOf(bearer)).toEqual([401, "signature_malformed"]);
  });

  it("is refused before its body is read, when its headers alone say so", async () => {
    const { hostname: host, port } = new URL(web.url);
    const late = { "x-whs-delegation-source": "crm", "x-whs-delegation-timestamp": "1763769600000" };
    for (const headers of [{}, late]) {
      const signature = { "x-whs-delegation-signature": `v1=${"0".repeat(64)}`, "content-length": String(2 ** 20) };
      const path = `/v1/delegated/invoke/${agent.agentId}`;
      const asking = request({ host, port, path, method: "POST", headers: { ...headers, ...signature } });
      asking.on("error", () => undefined);
      asking.flushHeaders();
      const [answer] = (await once(asking, "response")) as [IncomingMessage];
      expect(answer.statusCode).toBe(401);
      asking.destroy();
    }
  });

  it("says at which field its body is wrong, once it is signed", async () => {
    const answer = await send({ body: JSON.stringify({ delegation: { mode: "none" }, invoke: {} }) });
    expect((await envelopeOf(answer)).status).toBe(400);
  });

  it("audits refusals at most once a minute for each reason", async () => {
    for (let tries = 0; tries < 3; tries += 1) await send({ secret: "wrong".repeat(8) });
    const rows = await services.owner
      .selectFrom("auditEntries")
      .select("metadata")
      .where("action", "=", "delegation.reject")
      .execute();
    expect(rows).toHaveLength(1);
  });
});

it("signs as the documented vector says", () => {
  const raw = Buffer.from(
    '{"delegation":{"mode":"hmac_v1","externalUserId":"usr_1","idempotencyKey":"k"},"invoke":{"input":{"prompt":"Hello!"}}}',
  );
  const signed = delegationSignatureOf("0123456789abcdef0123456789abcdef", { timestamp: "1763769600000", source: "crm", raw });
  expect(signed).toMatchInlineSnapshot(`"v1=2e4feca2e022e93422f4328346ed8050c037525f15b0c6c98fae913903b5bf2b"`);
});
