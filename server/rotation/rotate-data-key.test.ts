// A workspace's data key is replaced while its values go on opening, and nothing that the former key sealed opens afterwards.

import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAgent } from "~/server/agents/create-agent";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { createSigningSecret } from "~/server/api-keys/create-signing-secret";
import type { WorkspaceScope } from "~/server/auth/scope";
import { signingSecretPlace } from "~/server/auth/signing-secret-place";
import { answerPlace } from "~/server/idempotency/kept-answer";
import { secretPlace } from "~/server/secrets/secret-place";
import { setSecret } from "~/server/secrets/set-secret";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { createVault } from "~/server/vault/create-vault";
import { readDataKey } from "./read-data-key";
import { rotateDataKey } from "./rotate-data-key";
import { runReseal, settlingMs } from "./run-reseal";
import { sealedForOthers, sealedStores } from "./sealed-stores";
import { sweepRotations } from "./sweep-rotations";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

const by = (scope: WorkspaceScope) => ({
  operator: { ...scope.principal, kind: "user" } as never,
  traceId: "trc_1",
  ipAddress: null,
});
/** A process with a cache of its own. */
const otherVault = () =>
  createVault({ across: services.across, keyEncryption: services.config.keyEncryption, clock: services.clock });
const audited = (action: string) => services.owner.selectFrom("auditEntries").selectAll().where("action", "=", action).execute();
const rung = () => services.queue.rung.filter(({ name }) => name === "data-key-reseal");

async function tenantWithSecrets(count: number) {
  const { scope } = await createTestTenant(services, { tier: "enterprise" });
  const { agentId } = await createAgent(services, scope, { name: "sealer", description: "" });
  for (let nth = 0; nth < count; nth += 1) {
    await setSecret(services, scope, { agentId, name: `KEY_${nth}`, value: `value ${nth}` });
  }
  const { workspaceId } = scope;
  return { scope, agentId, workspaceId, input: { workspaceId } };
}

async function openAll(workspaceId: string, vault = services.vault): Promise<string[]> {
  const rows = await services.owner.selectFrom("agentSecrets").selectAll().orderBy("name").execute();
  return Promise.all(
    rows.flatMap(({ agentId, name, version, sealedValue }) =>
      sealedValue ? [vault.open(secretPlace({ workspaceId, agentId, name, version }), sealedValue)] : [],
    ),
  );
}

async function createTestKey(scope: WorkspaceScope): Promise<{ key: string }> {
  const { keyId } = await createApiKey(services, scope, { name: "signer", preset: "invoke", expiresInDays: null });
  return { key: keyId };
}

/** As the memory of an idempotent request keeps it. */
async function keepAnswer(of: { ownerId: string; place: string; procedure: string }, userId: string, sealedAnswer: Buffer) {
  const [now, { place, procedure }] = [services.clock.now(), of];
  const times = {
    leaseEndsAt: now,
    actedAt: now,
    answeredAt: now,
    createdAt: now,
    expiresAt: new Date(now.getTime() + 3_600_000),
  };
  await services.owner
    .insertInto("idempotencyKeys")
    .values({
      ...times,
      place,
      procedure,
      userId,
      workspaceId: of.ownerId,
      fingerprint: "0".repeat(64),
      leaseId: randomUUID(),
      sealedAnswer,
    })
    .execute();
}

const values = (count: number) => Array.from({ length: count }, (_, nth) => `value ${nth}`);

describe("a workspace's data key", () => {
  it("is replaced; each value opens before, between and after, also in a process that knew the old key", async () => {
    const { scope, workspaceId, input } = await tenantWithSecrets(3);
    const other = otherVault();
    await openAll(workspaceId, other);
    expect(await rotateDataKey(services, by(scope), input)).toEqual({ generation: 2 });
    expect([await openAll(workspaceId), await openAll(workspaceId, other)]).toEqual([values(3), values(3)]);
    await runReseal(services, input);
    expect([await openAll(workspaceId), await openAll(workspaceId, other)]).toEqual([values(3), values(3)]);
    expect(await readDataKey(services, workspaceId)).toMatchObject({ isResealing: true, valuesResealed: 3, valuesStuck: 0 });
    services.clock.advance(settlingMs);
    await sweepRotations(services);
    expect(rung()).toHaveLength(2);
    await runReseal(services, input);
    expect(await readDataKey(services, workspaceId)).toMatchObject({ isResealing: false, generation: 2, valuesResealed: 3 });
    expect([await openAll(workspaceId), await openAll(workspaceId, other)]).toEqual([values(3), values(3)]);
  });

  it("that is replaced opens nothing any more a second later, though somebody had copied it and what it sealed", async () => {
    const { scope, agentId, workspaceId, input } = await tenantWithSecrets(1);
    const before = await services.owner.selectFrom("agentSecrets").select("sealedValue").executeTakeFirstOrThrow();
    await rotateDataKey(services, by(scope), input);
    await runReseal(services, input);
    services.clock.advance(settlingMs);
    await runReseal(services, input);
    services.clock.advance(1_000);
    const place = secretPlace({ workspaceId, agentId, name: "KEY_0", version: 1 });
    await expect(services.vault.open(place, before.sealedValue as Buffer)).rejects.toThrow("does not open");
    const { rows } = await sql<{
      former: number;
    }>`select count(*) filter (where former_key is not null)::int as former from data_keys`.execute(services.owner);
    expect(rows[0]?.former).toBe(0);
  });

  it("keeps the former one for what a slow process sealed under it, and seals that anew at the end", async () => {
    const { scope, agentId, workspaceId, input } = await tenantWithSecrets(1);
    const slow = otherVault();
    const place = secretPlace({ workspaceId, agentId, name: "KEY_0", version: 1 });
    await openAll(workspaceId, slow);
    await rotateDataKey(services, by(scope), input);
    const late = await slow.seal(place, "sealed by a slow process");
    await runReseal(services, input);
    await services.owner.updateTable("agentSecrets").set({ sealedValue: late }).execute();
    services.clock.advance(settlingMs);
    await runReseal(services, input);
    expect(await readDataKey(services, workspaceId)).toMatchObject({ isResealing: false });
    expect(await openAll(workspaceId, otherVault())).toEqual(["sealed by a slow process"]);
  });

  it("seals secrets of signed calls and kept answers anew as well", async () => {
    const { scope, workspaceId, input } = await tenantWithSecrets(1);
    const { key } = await createTestKey(scope);
    const { secretId, secret } = await createSigningSecret(services, scope, { keyId: key });
    const kept = { ownerId: workspaceId, place: "a1".repeat(32), procedure: "agents.create" };
    await keepAnswer(kept, scope.principal.userId, await services.vault.seal(answerPlace(kept), "an answer"));
    await rotateDataKey(services, by(scope), input);
    services.clock.advance(settlingMs);
    await runReseal(services, input);
    const fresh = otherVault();
    const signing = await services.owner.selectFrom("signingSecrets").select("sealedSecret").executeTakeFirstOrThrow();
    const answer = await services.owner.selectFrom("idempotencyKeys").select("sealedAnswer").executeTakeFirstOrThrow();
    expect(await fresh.open(signingSecretPlace(workspaceId, { keyId: key, secretId }), signing.sealedSecret)).toBe(secret);
    expect(await fresh.open(answerPlace(kept), answer.sealedAnswer as Buffer)).toBe("an answer");
    expect(await readDataKey(services, workspaceId)).toMatchObject({ isResealing: false, valuesResealed: 3, valuesStuck: 0 });
  });

  it("leaves a value that was altered as it is, counts it and ends all the same", async () => {
    const { scope, workspaceId, input } = await tenantWithSecrets(2);
    await sql`update agent_secrets set sealed_value = set_byte(sealed_value, 20, 255 - get_byte(sealed_value, 20)) where name = 'KEY_0'`.execute(
      services.owner,
    );
    await rotateDataKey(services, by(scope), input);
    services.clock.advance(settlingMs);
    await runReseal(services, input);
    expect(await readDataKey(services, workspaceId)).toMatchObject({ isResealing: false, valuesResealed: 1, valuesStuck: 1 });
    const [finished] = await audited("data_key.finish");
    expect(finished).toMatchObject({ workspaceId, metadata: { generation: 2, resealed: 1, unopenable: 1 } });
  });

  it("is replaced once of several times at once, and not again before that is over; the tenant and the operator read of it", async () => {
    const { scope, workspaceId, input } = await tenantWithSecrets(1);
    const asked = await Promise.allSettled([1, 2, 3].map(() => rotateDataKey(services, by(scope), input)));
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(rotateDataKey(services, by(scope), input)).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await audited("data_key.rotate")).map((entry) => [entry.workspaceId, entry.actorKind]).sort()).toEqual(
      [
        [workspaceId, "operator"],
        ["platform", "user"],
      ].sort(),
    );
  });

  it("is nothing to replace where nothing is sealed, and is not found where there is no workspace", async () => {
    const { scope } = await createTestTenant(services);
    await expect(rotateDataKey(services, by(scope), { workspaceId: scope.workspaceId })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await expect(rotateDataKey(services, by(scope), { workspaceId: "wks_none" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is wrapped anew and destroyed together with the one before", async () => {
    const { scope, workspaceId, input } = await tenantWithSecrets(1);
    await rotateDataKey(services, by(scope), input);
    await services.vault.destroyDataKey(workspaceId);
    await expect(openAll(workspaceId)).rejects.toThrow("destroyed");
    await runReseal(services, input);
    expect(await readDataKey(services, workspaceId)).toMatchObject({ generation: null, isResealing: false });
  });
});

it("every sealed column of the database is sealed anew, or says whose it is", async () => {
  const { rows } = await sql<{ column: string }>`
    select table_name || '.' || column_name as column from information_schema.columns
    where table_schema = 'public' and data_type = 'bytea' and column_name like 'sealed%'`.execute(services.owner);
  const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const known = [...sealedStores.map(({ column }) => column), ...Object.keys(sealedForOthers)];
  expect(known.sort()).toEqual(rows.map(({ column }) => camel(column)).sort());
});
