// A key that anybody reports as seen in public: revoked at once, told to whom it concerns, and nothing learned by the reporter.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newApiKey } from "~/server/auth/api-key-format";
import { proveApiKey } from "~/server/auth/prove-api-key";
import { startWeb } from "~/server/http/start-web";
import { addTestMember, createTestTenant, createTestUser } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { createApiKey } from "./create-api-key";
import { listApiKeys } from "./list-api-keys";
import { reportKeyLeak } from "./report-key-leak";
import { sweepKeyLeaks } from "./sweep-key-leaks";
import { tellKeyLeak } from "./tell-key-leak";

const visitor = { traceId: "trc_1", ipAddress: "192.0.2.7", userAgent: null };
const input = { name: "ci", preset: "deploy", expiresInDays: null } as const;

let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
});

const rungKey = () => services.queue.rung.at(-1)?.payload["keyId"] ?? "";
const chains = () =>
  services.owner.selectFrom("auditEntries").select(["workspaceId", "action", "targetId", "metadata"]).orderBy("seq").execute();

describe("a reported key", () => {
  it("is revoked at once, even where it was just used, and the log says where it was seen", async () => {
    const key = await createApiKey(services, tenant.scope, input);
    await proveApiKey(services, key.apiKey);
    await reportKeyLeak(services, visitor, { key: `  ${key.apiKey}\n`, where: "https://example.test/gist" });
    await expect(proveApiKey(services, key.apiKey)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    const { items } = await listApiKeys(services, tenant.scope, { limit: 25 });
    expect(items[0]).toMatchObject({ state: "revoked", leakedAt: items[0]?.revokedAt });
    expect((await chains()).at(-1)).toMatchObject({
      workspaceId: tenant.workspace.id,
      action: "api_key.leak",
      targetId: key.keyId,
      metadata: { where: "https://example.test/gist", name: "ci" },
    });
    expect(JSON.stringify(await chains())).not.toContain(key.apiKey);
  });

  it("is told once to its maker and to the owners, and again when the first ring was lost", async () => {
    const maker = await createTestUser(services);
    await addTestMember(services, tenant.workspace, maker, "admin");
    await addTestMember(services, tenant.workspace, await createTestUser(services), "member");
    const key = await createApiKey(services, tenant.scope, input);
    await services.owner.updateTable("apiKeys").set({ createdBy: maker.id }).execute();
    await reportKeyLeak(services, visitor, { key: key.apiKey });
    services.queue.rung.length = 0;
    await sweepKeyLeaks(services);
    expect(rungKey()).toBe(key.keyId);
    await tellKeyLeak(services, { keyId: rungKey() });
    await tellKeyLeak(services, { keyId: rungKey() });
    const readers = services.mailer.sent.map((mail) => mail.to).sort();
    expect(readers).toEqual([maker.email, tenant.user.email].sort());
    expect(services.mailer.sent[0]?.text).toContain(`/w/${tenant.workspace.id}/keys`);
    services.queue.rung.length = 0;
    await sweepKeyLeaks(services);
    expect(services.queue.rung).toEqual([]);
  });

  it("is not revoked twice: a second report changes nothing", async () => {
    const key = await createApiKey(services, tenant.scope, input);
    await reportKeyLeak(services, visitor, { key: key.apiKey });
    const [first] = await services.owner.selectFrom("apiKeys").select(["revokedAt", "leakedAt"]).execute();
    services.clock.advance(60_000);
    await reportKeyLeak(services, visitor, { key: key.apiKey });
    expect(await services.owner.selectFrom("apiKeys").select(["revokedAt", "leakedAt"]).execute()).toEqual([first]);
  });
});

describe("whoever reports", () => {
  it("learns nothing: the same answer and the same work for a key that exists and one that does not", async () => {
    const real = await createApiKey(services, tenant.scope, input);
    const statements: string[][] = [];
    const counting = () => {
      const made: string[] = [];
      statements.push(made);
      const across = services.across.withPlugin({
        transformQuery: (query) => {
          made.push(query.node.kind);
          return query.node;
        },
        transformResult: async (answer) => answer.result,
      });
      return { ...services, across };
    };
    const answers = [];
    for (const key of [newApiKey(), real.apiKey, "no key at all"])
      answers.push(await reportKeyLeak(counting(), visitor, { key }));
    expect(answers).toEqual([undefined, undefined, undefined]);
    expect(statements[0]?.length).toBeGreaterThan(0);
    expect(statements[1]).toEqual(statements[0]);
    expect(statements[2]).toEqual(statements[0]);
    expect(services.queue.rung).toHaveLength(3);
    const platform = (await chains()).filter((entry) => entry.workspaceId === "platform");
    expect(platform.map((entry) => entry.metadata["isOfOurShape"])).toEqual([true, false]);
    await tellKeyLeak(services, { keyId: services.queue.rung[0]?.payload["keyId"] ?? "" });
    expect(services.mailer.sent).toEqual([]);
  });

  it("is limited by address, and told so", async () => {
    const web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
    const report = () =>
      fetch(`${web.url}/v1/key-leaks`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ key: "whs_nobody" }),
      });
    const first = await report();
    expect([first.status, await first.json()]).toEqual([200, { done: true }]);
    for (let more = 0; more < 59; more += 1) await report();
    const refused = await report();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("ratelimit-limit")).toBe("60");
    expect(refused.headers.get("ratelimit-remaining")).toBe("0");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3_000);
    await web.drain();
  });
});
