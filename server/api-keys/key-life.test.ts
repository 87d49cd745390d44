// The life of API keys: whatever happens in whatever order, a key works exactly as long as a small model says it does.
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { drainKeyUses } from "~/server/auth/key-uses";
import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import { proveApiKey } from "~/server/auth/prove-api-key";
import type { WorkspaceScope } from "~/server/auth/scope";
import { plans } from "~/server/plans/plans";
import {
  addTestMember,
  createTestAgent,
  createTestTenant,
  createTestUser,
  scopeOf,
  type TestUser,
} from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import type { ApiKeyState } from "./api-keys.contract";
import { createApiKey } from "./create-api-key";
import { endKeyOverlap } from "./end-key-overlap";
import { listApiKeys } from "./list-api-keys";
import { narrowApiKey } from "./narrow-api-key";
import { rerollApiKey } from "./reroll-api-key";
import { revokeApiKey } from "./revoke-api-key";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = new Date("2026-11-01T00:00:00Z");
const input = { name: "life", preset: "deploy", expiresInDays: null } as const;

let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  services.clock.set(start);
  tenant = await createTestTenant(services);
});

/** A process that has seen nothing yet. */
const freshProcess = () => ({
  ...services,
  across: services.across.withPlugin({ transformQuery: (q) => q.node, transformResult: async (r) => r.result }),
});

const proof = (apiKey: string) =>
  proveApiKey(freshProcess(), apiKey).then(
    () => "works",
    (error) => error.code as string,
  );

const itemOf = async (keyId: string) => {
  const { items } = await listApiKeys(services, tenant.scope, { limit: 100 });
  const item = items.find((one) => one.keyId === keyId);
  if (!item) throw new Error("the key is not listed");
  return item;
};

const codeOf = (act: Promise<unknown>) =>
  act.then(
    () => "ok",
    (error) => error.code as string,
  );

type ModelKey = {
  keyId: string;
  apiKey: string;
  createdMs: number;
  expiresMs: number | null;
  overlapMs: number | null;
  isRevoked: boolean;
};

/** What a key should be, by nothing but its history. */
function stateOf(key: ModelKey, nowMs: number, maker: Maker): ApiKeyState {
  if (key.isRevoked) return "revoked";
  if (key.expiresMs !== null && key.expiresMs <= nowMs) return "expired";
  if (key.overlapMs !== null && key.overlapMs <= nowMs) return "ended";
  if (maker.isDisabled && maker.isMember) return "blocked";
  return key.overlapMs === null ? "works" : "superseded";
}

type Maker = { isMember: boolean; isDisabled: boolean };
type Step =
  | { act: "make"; days: number | null }
  | { act: "reroll" | "revoke" | "endOverlap"; which: number; hours: 0 | 1 | 24 | 168 }
  | { act: "wait"; ms: number }
  | { act: "leave" | "join" | "disable" | "enable" };

const which = fc.nat(7);
const hours = fc.constantFrom<(0 | 1 | 24 | 168)[]>(0, 1, 24, 168);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ act: fc.constant("make" as const), days: fc.constantFrom(null, 1, 3) }),
  { arbitrary: fc.record({ act: fc.constantFrom("reroll" as const, "revoke", "endOverlap"), which, hours }), weight: 4 },
  fc.record({ act: fc.constant("wait" as const), ms: fc.constantFrom(1, hourMs, 13 * hourMs, 2 * dayMs) }),
  fc.record({ act: fc.constantFrom("leave" as const, "join", "disable", "enable") }),
);

describe("the life of a key", () => {
  it("follows the model, whatever happens in whatever order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const life = await beginLife();
        for (const one of steps) {
          await life.take(one);
          await life.compare();
        }
      }),
      { numRuns: 40, seed: 20_261_122 },
    );
  }, 120_000);
});

/** A maker who may come and go, beside an owner who stays. */
async function beginLife() {
  await services.reset();
  services.clock.set(start);
  tenant = await createTestTenant(services);
  const person = await createTestUser(services);
  await addTestMember(services, tenant.workspace, person, "admin");
  const makerScope = await scopeOf(services, person, tenant.workspace, "api_key.manage");
  const keys: ModelKey[] = [];
  const maker: Maker = { isMember: true, isDisabled: false };
  const nowMs = () => services.clock.now().getTime();
  const keep = (made: { keyId: string; apiKey: string; expiresAt: Date | null }) =>
    keys.push({
      keyId: made.keyId,
      apiKey: made.apiKey,
      createdMs: nowMs(),
      expiresMs: made.expiresAt?.getTime() ?? null,
      overlapMs: null,
      isRevoked: false,
    });
  const takeOn = async (key: ModelKey, one: Extract<Step, { which: number }>) => {
    const state = stateOf(key, nowMs(), { isMember: true, isDisabled: false });
    if (one.act === "revoke") {
      await revokeApiKey(services, tenant.scope, key);
      key.isRevoked = true;
    } else if (one.act === "endOverlap") {
      const code = await codeOf(endKeyOverlap(services, tenant.scope, key));
      const runs = key.overlapMs !== null && key.overlapMs > nowMs() && !key.isRevoked;
      expect(code).toBe(runs ? "ok" : "CONFLICT");
      if (runs) key.overlapMs = nowMs();
    } else if (state === "works") {
      keep(await rerollApiKey(services, makerScope, { keyId: key.keyId, overlapHours: one.hours }));
      key.overlapMs = nowMs() + one.hours * hourMs;
      const [lifeMs, made] = [key.expiresMs === null ? null : key.expiresMs - key.createdMs, keys.at(-1)];
      expect(made?.expiresMs).toBe(lifeMs === null ? null : nowMs() + lifeMs);
    } else {
      expect(await codeOf(rerollApiKey(services, makerScope, { keyId: key.keyId, overlapHours: one.hours }))).toBe("CONFLICT");
    }
  };
  return {
    take: async (one: Step) => {
      if (one.act === "make") keep(await createApiKey(services, makerScope, { ...input, expiresInDays: one.days }));
      else if (one.act === "wait") services.clock.advance(one.ms);
      else if ("which" in one) {
        const key = keys[one.which % Math.max(1, keys.length)];
        if (key) await takeOn(key, one);
      } else await moveMaker(one.act, person, maker);
    },
    compare: async () => {
      const { items } = await listApiKeys(services, tenant.scope, { limit: 100 });
      for (const key of keys) {
        const item = items.find((each) => each.keyId === key.keyId);
        const state = stateOf(key, nowMs(), maker);
        expect(item?.state).toBe(state);
        const isLive = state === "works" || state === "superseded" || state === "blocked";
        expect(await proof(key.apiKey)).toBe(!isLive ? "UNAUTHENTICATED" : maker.isDisabled ? "UNAUTHORIZED" : "works");
        const isOrphan = (state === "works" || state === "blocked") && (!maker.isMember || maker.isDisabled);
        expect(item?.hints.some((hint) => hint.flag === "orphaned")).toBe(isOrphan);
      }
    },
  };
}

async function moveMaker(act: "leave" | "join" | "disable" | "enable", person: TestUser, maker: Maker): Promise<void> {
  if (act === "leave") {
    await services.owner.deleteFrom("memberships").where("userId", "=", person.id).execute();
    maker.isMember = false;
  } else if (act === "join" && !maker.isMember) {
    await addTestMember(services, tenant.workspace, person, "admin");
    maker.isMember = true;
  } else if (act === "disable" || act === "enable") {
    maker.isDisabled = act === "disable";
    const disabledAt = maker.isDisabled ? new Date() : null;
    await services.owner.updateTable("users").set({ disabledAt }).where("id", "=", person.id).execute();
  }
}

describe("a reroll", () => {
  it("is won by exactly one of ten that race, and keeps rights, agents and caps", async () => {
    const agent = await createTestAgent(services, tenant.workspace);
    const limits = { agentIds: [agent.id], callsPerMinuteMax: 7, callsPerMonthMax: 70 };
    const old = await createApiKey(services, tenant.scope, { ...input, ...limits });
    const races = Array.from({ length: 10 }, () => rerollApiKey(services, tenant.scope, { keyId: old.keyId, overlapHours: 1 }));
    const outcomes = await Promise.allSettled(races);
    const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
    expect(won).toHaveLength(1);
    expect(won[0]?.value).toMatchObject({
      preset: "deploy",
      callsPerMinuteMax: 7,
      callsPerMonthMax: 70,
      replacesKeyId: old.keyId,
    });
    expect(won[0]?.value.agents).toEqual([{ agentId: agent.id, name: agent.name }]);
    expect(await services.owner.selectFrom("apiKeys").select("id").execute()).toHaveLength(2);
  });

  it("counts who still uses the old key, until there is nobody", async () => {
    const old = await createApiKey(services, tenant.scope, input);
    const fresh = await rerollApiKey(services, tenant.scope, { keyId: old.keyId, overlapHours: 24 });
    const process = freshProcess();
    for (let use = 0; use < 5; use += 1) await proveApiKey(process, old.apiKey);
    await proveApiKey(process, fresh.apiKey);
    await drainKeyUses(process);
    const item = await itemOf(old.keyId);
    expect(item).toMatchObject({ state: "superseded", overlapUses: 5, hints: [{ flag: "superseded", act: "end_overlap" }] });
    expect(item.hints[0]?.explanation).toContain("5 times");
    expect((await itemOf(fresh.keyId)).overlapUses).toBe(0);
  });
});

describe("a workspace", () => {
  it("never has more keys in use than its plan holds, however many are made at once", async () => {
    for (let made = 0; made < plans.free.keysMax - 3; made += 1) await createApiKey(services, tenant.scope, input);
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => createApiKey(services, tenant.scope, input)));
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(3);
    const { items } = await listApiKeys(services, tenant.scope, { limit: 1 });
    expect(await codeOf(rerollApiKey(services, tenant.scope, { keyId: items[0]?.keyId ?? "", overlapHours: 1 }))).toBe(
      "LIMIT_EXCEEDED",
    );
    await rerollApiKey(services, tenant.scope, { keyId: items[0]?.keyId ?? "", overlapHours: 0 });
  });
});

describe("a hint", () => {
  const flagsOf = async (keyId: string) => (await itemOf(keyId)).hints.map(({ flag, act, preset }) => ({ flag, act, preset }));

  it("says that a key was never used, after a week, and not for thirty days", async () => {
    const { keyId, apiKey } = await createApiKey(services, tenant.scope, input);
    services.clock.advance(7 * dayMs - 1);
    expect(await flagsOf(keyId)).toEqual([]);
    services.clock.advance(1);
    expect(await flagsOf(keyId)).toEqual([{ flag: "unused", act: "revoke", preset: null }]);
    await use(apiKey, "agent.read");
    expect(await flagsOf(keyId)).toEqual([]);
    services.clock.advance(30 * dayMs);
    expect(await flagsOf(keyId)).toEqual([{ flag: "unused", act: "revoke", preset: null }]);
  });

  it("says which narrower preset would do, and narrowing settles it at once", async () => {
    const { keyId, apiKey } = await createApiKey(services, tenant.scope, { ...input, preset: "all" });
    services.clock.advance(31 * dayMs);
    await use(apiKey, "agent.invoke");
    expect(await flagsOf(keyId)).toEqual([{ flag: "over_broad", act: "narrow", preset: "invoke" }]);
    await use(apiKey, "deployment.create");
    expect(await flagsOf(keyId)).toEqual([{ flag: "over_broad", act: "narrow", preset: "deploy" }]);
    await proveApiKey(services, apiKey);
    await narrowApiKey(services, tenant.scope, { keyId, preset: "deploy" });
    expect((await proveApiKey(services, apiKey)).preset).toBe("deploy");
    expect(await flagsOf(keyId)).toEqual([]);
    expect(await codeOf(narrowApiKey(services, tenant.scope, { keyId, preset: "all" }))).toBe("CONFLICT");
  });

  it("says that a key ends soon", async () => {
    const { keyId } = await createApiKey(services, tenant.scope, { ...input, expiresInDays: 10 });
    expect(await flagsOf(keyId)).toEqual([]);
    services.clock.advance(4 * dayMs);
    expect(await flagsOf(keyId)).toEqual([{ flag: "expiring", act: "reroll", preset: null }]);
  });

  /** As a request would: proven, then let do it. */
  async function use(apiKey: string, action: Parameters<typeof scopeOf>[3]): Promise<WorkspaceScope> {
    const process = freshProcess();
    const principal = await proveApiKey(process, apiKey);
    const request = { action: action ?? "agent.read", workspaceId: null, traceId: "trc_1", ipAddress: null };
    const scope = await mintWorkspaceScope(process, principal, request);
    await drainKeyUses(process);
    return scope;
  }
});
