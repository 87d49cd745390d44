// API keys: proven without the database while warm, worthless within a second of their revocation.
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { listApiKeys } from "~/server/api-keys/list-api-keys";
import { revokeApiKey } from "~/server/api-keys/revoke-api-key";
import { expectOnceAtMost } from "~/server/testing/expect-once-at-most";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { isApiKeyShaped, newApiKey } from "./api-key-format";
import { followKeyChanges } from "./key-changes";
import { drainKeyUses } from "./key-uses";
import { mintWorkspaceScope } from "./mint-scope";
import { proveApiKey } from "./prove-api-key";

let services: TestServices;
let start: Date;
beforeAll(async () => {
  start = new Date();
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  services.clock.set(start);
});

/** How late a look at what has happened may be. */
const lookMs = 50;
const input = { name: "ci", preset: "deploy", expiresInDays: null } as const;

/** A handle of its own, as another process has: it shares the database and no cache. */
const anotherProcess = () => ({
  ...services,
  across: services.across.withPlugin({ transformQuery: (q) => q.node, transformResult: async (r) => r.result }),
});

/** From the revocation of a new key until that process refuses it. */
async function revokedAfterMs(there: ReturnType<typeof anotherProcess>, here = services): Promise<number> {
  const { key, scope } = await createKey();
  await proveApiKey(there, key.apiKey);
  const began = performance.now();
  await revokeApiKey(here, scope, { keyId: key.keyId });
  const isHonoured = () =>
    proveApiKey(there, key.apiKey).then(
      () => true,
      () => false,
    );
  await expect.poll(isHonoured, { interval: 5 }).toBe(false);
  return performance.now() - began;
}

async function createKey() {
  const tenant = await createTestTenant(services);
  return { ...tenant, key: await createApiKey(services, tenant.scope, input) };
}

describe("an API key", () => {
  it("has 256 random bits and a checksum that refuses a typo", () => {
    const key = newApiKey();
    expect(key).toMatch(/^whs_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    expect(isApiKeyShaped(key)).toBe(true);
    const typo = key.replace(/^whs_./, (begin) => (begin === "whs_a" ? "whs_b" : "whs_a"));
    expect(isApiKeyShaped(typo)).toBe(false);
    expect(isApiKeyShaped(`${key} `)).toBe(false);
    expect(new Set(Array.from({ length: 1_000 }, newApiKey)).size).toBe(1_000);
  });

  it("proves its own workspace and preset, and is kept only as a hash", async () => {
    const { key, scope, user } = await createKey();
    expect(await proveApiKey(services, key.apiKey)).toEqual({
      kind: "api_key",
      keyId: key.keyId,
      workspaceId: scope.workspaceId,
      preset: "deploy",
      userId: user.id,
      agentIds: null,
      callsPerMinuteMax: null,
      callsPerMonthMax: null,
    });
    const rows = JSON.stringify(await services.owner.selectFrom("apiKeys").selectAll().execute());
    expect(rows).not.toContain(key.apiKey);
    expect(rows).toContain(key.prefix);
    const listed = await listApiKeys(services, scope, { limit: 25 });
    expect(JSON.stringify(listed)).not.toContain(key.apiKey.slice(12));
    expect(listed.items[0]).toMatchObject({ keyId: key.keyId, revokedAt: null });
  });

  it("needs no database while it is warm", async () => {
    const { key } = await createKey();
    let reads = 0;
    const counting = services.across.withPlugin({
      transformQuery: (query) => {
        reads += 1;
        return query.node;
      },
      transformResult: async (answer) => answer.result,
    });
    const process = { ...services, across: counting };
    await proveApiKey(process, key.apiKey);
    const cold = reads;
    for (let call = 0; call < 200; call += 1) await proveApiKey(process, key.apiKey);
    expect(cold).toBeGreaterThan(0);
    expect(reads).toBe(cold);
  });

  it("is worthless at once where it was revoked, and within a second in every other process", async () => {
    const { key, scope } = await createKey();
    await proveApiKey(services, key.apiKey);
    await revokeApiKey(services, scope, { keyId: key.keyId });
    await expect(proveApiKey(services, key.apiKey)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await expectOnceAtMost(1_000 + lookMs, () => revokedAfterMs(anotherProcess()));
  });

  it("stops at its expiry, and when its workspace or its maker is disabled", async () => {
    const { scope } = await createTestTenant(services);
    const key = await createApiKey(services, scope, { ...input, expiresInDays: 1 });
    await proveApiKey(services, key.apiKey);
    services.clock.advance(86_400_000);
    await expect(proveApiKey(services, key.apiKey)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    for (const table of ["workspaces", "users"] as const) {
      services.clock.set(start);
      await services.owner.updateTable(table).set({ disabledAt: new Date() }).execute();
      await expect(proveApiKey(anotherProcess(), key.apiKey)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
      await services.owner.updateTable(table).set({ disabledAt: null }).execute();
    }
  });

  it("notes its last use at most once a minute, behind the caller's back, whichever process it was", async () => {
    const { key } = await createKey();
    const lastUseAfterProof = async () => {
      const process = anotherProcess();
      await proveApiKey(process, key.apiKey);
      await drainKeyUses(process);
      return (await services.owner.selectFrom("apiKeys").select("lastUsedAt").executeTakeFirstOrThrow()).lastUsedAt;
    };
    expect(await lastUseAfterProof()).toEqual(start);
    services.clock.advance(30_000);
    expect(await lastUseAfterProof()).toEqual(start);
    services.clock.advance(31_000);
    expect(await lastUseAfterProof()).toEqual(new Date(start.getTime() + 61_000));
  });

  it("opens only its own workspace, and only what its preset allows", async () => {
    const { key } = await createKey();
    const { workspace: other } = await createTestTenant(services);
    const principal = await proveApiKey(services, key.apiKey);
    const wish = { workspaceId: other.id, traceId: "trc_1", ipAddress: null };
    await expect(mintWorkspaceScope(services, principal, { ...wish, action: "agent.read" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    const own = { ...wish, workspaceId: null };
    await expect(mintWorkspaceScope(services, principal, { ...own, action: "api_key.manage" })).rejects.toMatchObject({
      code: "UNAUTHORIZED",
    });
    expect(await mintWorkspaceScope(services, principal, { ...own, action: "deployment.create" })).toMatchObject({
      workspaceId: principal.workspaceId,
    });
  });
});

describe("a change of a key", () => {
  it("is heard by another process at once, long before its cache runs out", async () => {
    const elsewhere = { ...anotherProcess(), redis: services.redis.duplicate() };
    const stop = await followKeyChanges(elsewhere);
    await expectOnceAtMost(500, () => revokedAfterMs(elsewhere));
    stop();
    elsewhere.redis.disconnect();
  });

  it("is noticed within a second without Redis", async () => {
    const away = new Redis({ host: "127.0.0.1", port: 1, lazyConnect: true, retryStrategy: () => null });
    away.on("error", () => undefined);
    const elsewhere = { ...anotherProcess(), redis: away };
    const stop = await followKeyChanges(elsewhere);
    await expectOnceAtMost(1_000 + lookMs, () => revokedAfterMs(elsewhere, { ...services, redis: away }));
    stop();
    away.disconnect();
  });
});

describe("revoking", () => {
  it("somebody else's key answers exactly as a missing one, and changes nothing", async () => {
    const [mine, theirs] = [await createKey(), await createTestTenant(services)];
    const foreign = await revokeApiKey(services, theirs.scope, { keyId: mine.key.keyId }).catch((error: Error) => error);
    const missing = await revokeApiKey(services, theirs.scope, { keyId: "key_01JD2ZK5V3W8Q9R7T6Y5X4C3B2" }).catch(
      (error: Error) => error,
    );
    expect(foreign).toMatchObject({ code: "NOT_FOUND" });
    expect(String(foreign)).toBe(String(missing));
    await expect(proveApiKey(anotherProcess(), mine.key.apiKey)).resolves.toBeDefined();
  });

  it("twice keeps the first date; both acts are audited", async () => {
    const { key, scope } = await createKey();
    const first = await revokeApiKey(services, scope, { keyId: key.keyId });
    services.clock.advance(1_000);
    expect((await revokeApiKey(services, scope, { keyId: key.keyId })).revokedAt).toEqual(first.revokedAt);
    const actions = await services.owner.selectFrom("auditEntries").select("action").orderBy("seq").execute();
    expect(actions.map((row) => row.action)).toEqual(["api_key.create", "api_key.revoke", "api_key.revoke"]);
  });
});
