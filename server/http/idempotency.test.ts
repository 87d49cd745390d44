// Idempotency keys at the doors: REST, tRPC, the upload door and the forms of the pages (CONTRACTS "Idempotency", MISSION C6).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { revokeApiKey } from "~/server/api-keys/revoke-api-key";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { appRouter, createCaller } from "~/server/router";
import { bundleOf } from "~/server/testing/bundles";
import { createTestTenant, principalOf } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { type OpenDoors, openDoors } from "~/server/testing/open-doors";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { answeredAnew, makingActs, shownOnceFields, shownOnceNote } from "~/server/trpc/kept-answers";

let services: TestServices;
let doors: OpenDoors;
let agent: LiveAgent;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([createFakeProvider()]) });
  doors = await openDoors(services, null);
});
afterAll(async () => {
  await doors.close();
  await services.dispose();
});
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services, { tier: "pro" });
  agent = await createLiveAgent(services, tenant, null);
});

type Sent = { key?: string; apiKey?: string; headers?: Record<string, string> };

async function post(url: string, payload: object | Uint8Array | undefined, { key, apiKey, headers = {} }: Sent = {}) {
  const answer = await doors.app.inject({
    method: "POST",
    url,
    headers: {
      authorization: `Bearer ${apiKey ?? agent.apiKey}`,
      ...(key === undefined ? {} : { "idempotency-key": key }),
      ...(payload instanceof Uint8Array ? { "content-type": "application/zip" } : {}),
      ...headers,
    },
    ...(payload === undefined ? {} : { payload: payload instanceof Uint8Array ? Buffer.from(payload) : payload }),
  });
  return {
    status: answer.statusCode,
    body: answer.json(),
    isReplay: answer.headers["idempotency-replayed"] === "true",
    retryAfter: answer.headers["retry-after"],
  };
}
const versions = async () => (await services.owner.selectFrom("deployments").select("id").execute()).length;
const reasonOf = (answer: { body: { error?: { details?: { reason?: string } } } }) => answer.body.error?.details?.reason;

describe("over REST", () => {
  it("of fifty equal deploys at once exactly one makes a version, and whoever asks again is answered as the first", async () => {
    const upload = await post("/v1/uploads", bundleOf());
    const before = await versions();
    const body = { uploadId: upload.body.uploadId };
    const deploy = () => post(`/v1/agents/${agent.agentId}/deployments`, body, { key: "deploy-1" });
    const answers = await Promise.all(Array.from({ length: 50 }, deploy));
    expect((await versions()) - before).toBe(1);
    const [first] = answers.filter((answer) => answer.status === 202 && !answer.isReplay);
    for (const answer of answers) {
      if (answer.status === 202) expect(answer.body).toEqual(first?.body);
      else expect([answer.status, answer.retryAfter, reasonOf(answer)]).toEqual([409, "1", "idempotency_key_in_use"]);
    }
    expect(await deploy()).toEqual({ ...first, isReplay: true });
    expect(services.queue.rung.length).toBe(1);
  });

  it("the same key with another body is refused, and another agent's path is another body", async () => {
    await post("/v1/agents", { name: "one" }, { key: "k" });
    const other = await post("/v1/agents", { name: "two" }, { key: "k" });
    expect([other.status, reasonOf(other), other.body.error.retryable]).toEqual([409, "idempotency_key_reused", false]);
    const disable = (agentId: string) => post(`/v1/agents/${agentId}/disable`, undefined, { key: "d" });
    const second = await createLiveAgent(services, tenant, null);
    expect((await disable(agent.agentId)).status).toBe(200);
    expect(reasonOf(await disable(second.agentId))).toBe("idempotency_key_reused");
  });

  it("a malformed key is refused before anything is done, on every mutation", async () => {
    for (const key of ["", "x".repeat(256), "ключ", "tab\there"]) {
      const answer = await post("/v1/agents", { name: "never" }, { key });
      expect([answer.status, reasonOf(answer)], JSON.stringify(key)).toEqual([400, "idempotency_key_malformed"]);
    }
    expect((await post("/v1/agents", { name: "long" }, { key: "~".repeat(255) })).status).toBe(200);
  });

  it("what was wrong may be mended under the same key", async () => {
    const wrong = await post("/v1/agents", { name: "Not A Name!" }, { key: "k" });
    const right = await post("/v1/agents", { name: "a-name" }, { key: "k" });
    expect([wrong.status, right.status, right.isReplay]).toEqual([400, 200, false]);
  });

  it("a caller who may not act any more gets no kept answer", async () => {
    const deployer = await createApiKey(services, tenant.scope, { name: "ci", preset: "deploy", expiresInDays: 30 });
    expect((await post("/v1/agents", { name: "one" }, { key: "k", apiKey: deployer.apiKey })).status).toBe(200);
    await revokeApiKey(services, tenant.scope, { keyId: deployer.keyId });
    const again = await post("/v1/agents", { name: "one" }, { key: "k", apiKey: deployer.apiKey });
    expect([again.status, again.isReplay]).toEqual([401, false]);
  });

  it("two keys of one workspace, and two workspaces, never meet on one word", async () => {
    const second = await createLiveAgent(services, tenant, null);
    const stranger = await createLiveAgent(services, await createTestTenant(services, { tier: "pro" }), null);
    await post("/v1/agents", { name: "one" }, { key: "k" });
    const same = await post("/v1/agents", { name: "one" }, { key: "k", apiKey: second.apiKey });
    expect([same.status, reasonOf(same), same.isReplay]).toEqual([409, "agent_name_taken", false]);
    const theirs = await post("/v1/agents", { name: "other" }, { key: "k", apiKey: stranger.apiKey });
    expect([theirs.status, theirs.isReplay]).toEqual([200, false]);
  });
});

describe("the OpenAPI document", () => {
  it("names the header at every mutation that remembers it, and at no question", async () => {
    const { paths } = (await doors.app.inject({ url: "/v1/openapi.json" })).json();
    const takes = (path: string, method: string) =>
      (paths[path][method].parameters ?? []).some((parameter: { name: string }) => parameter.name === "Idempotency-Key");
    expect(takes("/agents", "post")).toBe(true);
    expect(takes("/uploads", "post")).toBe(true);
    expect(takes("/agents/{agentId}/deployments", "post")).toBe(true);
    expect(takes("/agents/{agentId}/deployments/plan", "post")).toBe(false);
    expect(takes("/agents", "get")).toBe(false);
  });
});

describe("at the upload door", () => {
  it("the same bytes are taken in once, and the answer is the same to the last file", async () => {
    const send = (body: Uint8Array, name = "a.zip") => post("/v1/uploads", body, { key: "u", headers: { "x-file-name": name } });
    const zip = bundleOf();
    const [first, again] = [await send(zip), await send(zip)];
    expect([first.status, first.isReplay, again.isReplay]).toEqual([201, false, true]);
    expect(again.body).toEqual(first.body);
    expect(await services.owner.selectFrom("uploads").select("id").execute()).toHaveLength(2);
    expect(reasonOf(await send(bundleOf("export default async () => 'other';")))).toBe("idempotency_key_reused");
    expect(reasonOf(await send(zip, "b.zip"))).toBe("idempotency_key_reused");
    expect((await post("/v1/uploads", zip, { key: "" })).status).toBe(400);
  });

  it("a refused bundle is forgotten, and the mended one goes in under the same key", async () => {
    expect((await post("/v1/uploads", Buffer.from("no zip"), { key: "u" })).status).toBe(400);
    expect((await post("/v1/uploads", bundleOf(), { key: "u" })).status).toBe(201);
  });
});

describe("over tRPC", () => {
  it("a mutation happens once, and the header says so", async () => {
    const make = () => post("/trpc/agents.create", { json: { name: "one" } }, { key: "k" });
    const [first, again] = [await make(), await make()];
    expect([first.status, first.isReplay, again.status, again.isReplay]).toEqual([200, false, 200, true]);
    expect(again.body).toEqual(first.body);
  });
});

describe("a person's acts", () => {
  const callerOf = (
    principal = principalOf(tenant.user, { provenAt: services.clock.now() }),
    wish = { key: "k", isOfForm: false },
  ) => {
    const said: Record<string, string> = {};
    const caller = createCaller({
      services,
      request: { traceId: "trc_x", ipAddress: null, userAgent: null, workspaceId: tenant.workspace.id },
      principal: async () => principal,
      setCookie: () => undefined,
      setHeader: (name, value) => {
        said[name] = value;
      },
      idempotency: () => wish,
      closing: new AbortController().signal,
    });
    return { caller, said };
  };

  it("show a secret once: the repeated answer names what is left out, and no second key is made", async () => {
    const { caller } = callerOf();
    const make = () => caller.apiKeys.create({ name: "mine", preset: "read", expiresInDays: 30 });
    const [first, again] = [await make(), await make()];
    expect(first.apiKey).toMatch(/^whs_/);
    expect(again).toEqual({ ...first, apiKey: shownOnceNote });
    const rows = await services.owner.selectFrom("apiKeys").select("id").where("name", "=", "mine").execute();
    expect(rows).toHaveLength(1);
  });

  it("that ask for a fresh proof ask for it again before a kept answer is given", async () => {
    await callerOf().caller.apiKeys.create({ name: "mine", preset: "read", expiresInDays: 30 });
    const stale = callerOf(principalOf(tenant.user, { provenAt: new Date(0) }));
    const asked = stale.caller.apiKeys.create({ name: "mine", preset: "read", expiresInDays: 30 });
    await expect(asked).rejects.toMatchObject({ cause: { details: { reason: "step_up_required" } } });
  });

  it("upon their own account are remembered apart from every workspace", async () => {
    const { caller, said } = callerOf();
    const first = await caller.workspaces.create({ name: "Second" });
    const again = await caller.workspaces.create({ name: "Second" });
    expect([again, said["idempotency-replayed"]]).toEqual([first, "true"]);
    const rows = await services.owner.selectFrom("idempotencyKeys").select(["workspaceId", "procedure"]).execute();
    expect(rows).toEqual([{ workspaceId: null, procedure: "workspaces.create" }]);
  });

  it("by a form sent twice at once make one thing, and both sendings are answered with it", async () => {
    const { caller } = callerOf(undefined, { key: "8b2cf5f4-8a2f-4d0e-9f4c-6f0a7bde0001", isOfForm: true });
    const [one, two] = await Promise.all([caller.agents.create({ name: "twice" }), caller.agents.create({ name: "twice" })]);
    expect(one.agentId).toBe(two.agentId);
    const further = await caller.agents.create({ name: "another" });
    expect(further.agentId).not.toBe(one.agentId);
  });

  it("by a form that make nothing are done each time: what a page shows may be older than what is", async () => {
    const { caller } = callerOf(undefined, { key: "8b2cf5f4-8a2f-4d0e-9f4c-6f0a7bde0002", isOfForm: true });
    const input = { agentId: agent.agentId };
    await caller.agents.disable(input);
    await caller.agents.enable(input);
    expect((await caller.agents.disable(input)).status).toBe("disabled");
  });
});

describe("what is kept of answers", () => {
  type Declared = { _def: { type: string; output?: { shape?: Record<string, unknown> } } };
  const procedures = appRouter._def.procedures as unknown as Record<string, Declared>;
  const mutations = Object.entries(procedures).filter(([, procedure]) => procedure._def.type === "mutation");
  /** A name comes here after somebody looked: counts, names, ids, a closed word, and the address of a checkout that is paid once. */
  const harmless =
    /\.(keyId|secretId|replacesKeyId|passkeyId|failureCode|missingKeys|secretsLeftBehind|keysRevoked|keysTotal|dataKeysDestroyed)$|^billing\.checkout\.url$/;

  it("names every field of a mutation's answer that sounds like a secret", () => {
    expect(mutations.length).toBeGreaterThan(50);
    const suspicious = mutations.flatMap(([name, procedure]) => {
      const fields = Object.keys(procedure._def.output?.shape ?? {});
      const hidden = shownOnceFields[name] ?? [];
      return fields
        .filter((field) => /secret|token|code|key|password|url|uri|challenge/i.test(field))
        .filter((field) => !answeredAnew.has(name) && !hidden.includes(field))
        .map((field) => `${name}.${field}`)
        .filter((field) => !harmless.test(field));
    });
    expect(suspicious).toEqual([]);
  });

  it("is told of procedures that exist", () => {
    const named = [...answeredAnew, ...makingActs, ...Object.keys(shownOnceFields)];
    expect(named.filter((name) => procedures[name]?._def.type !== "mutation")).toEqual([]);
  });
});
