// Rotation of the key-encryption key: by itself, while serving, by several workers at once, and told to the operator.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestUser } from "~/server/testing/factories";
import { testKeyEncryption } from "~/server/testing/test-config";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { createVault } from "~/server/vault/create-vault";
import type { SealedPlace, Vault } from "~/server/vault/vault";
import { findMissingKeys } from "./find-missing-keys";
import { giveUpKey } from "./give-up-key";
import { readRotation } from "./read-rotation";
import { runRotation } from "./run-rotation";
import { startRotation } from "./start-rotation";
import { sweepRotations } from "./sweep-rotations";

let services: TestServices;
const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const rotating = testKeyEncryption(newKey, oldKey);

beforeAll(async () => {
  services = await createTestServices({ config: { keyEncryption: rotating } });
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

const placeOf = (ownerId: string): SealedPlace => ({ ownerId, kind: "agent_secret", id: "agt_1", name: "KEY", version: 1 });
const vaultOf = (keyEncryption: typeof rotating) =>
  createVault({ across: services.across, keyEncryption, clock: services.clock });
const idOf = (vault: Vault) => vault.keys[0]?.id ?? "";
/** A process that was started with other keys. */
const withKeys = (keyEncryption: typeof rotating) => {
  return { ...services, config: { ...services.config, keyEncryption }, vault: vaultOf(keyEncryption) };
};
const by = async () => {
  const { id: userId } = await createTestUser(services);
  return { operator: { kind: "user", userId } as never, traceId: "trc_1", ipAddress: null };
};

/** Sealed by a house that knows the old key only. */
async function sealUnderOld(owners: readonly string[]) {
  const old = vaultOf(testKeyEncryption(oldKey));
  for (const ownerId of owners) await old.seal(placeOf(ownerId), "value");
  const sealed = await Promise.all(owners.map((ownerId) => old.seal(placeOf(ownerId), `of ${ownerId}`)));
  return owners.map((ownerId, place) => ({ ownerId, sealed: sealed[place] ?? Buffer.alloc(0) }));
}

const owners = ["platform", "usr_a", "wks_a", "wks_b", "wks_c"];
const wrappings = () => services.owner.selectFrom("dataKeys").select(["ownerId", "kekId"]).orderBy("ownerId").execute();
const rotations = () => services.owner.selectFrom("keyRotations").selectAll().orderBy("startedAt").execute();
const audited = async (action: string) =>
  (await services.owner.selectFrom("auditEntries").selectAll().where("action", "=", action).execute()).map((row) => row.metadata);

async function sweepAndRun(): Promise<void> {
  await sweepRotations(services);
  const rotationId = services.queue.rung.findLast((ring) => ring.name === "rotation-run")?.payload["rotationId"];
  if (rotationId) await runRotation(services, { rotationId });
}

describe("a changed primary", () => {
  it("is noticed by the sweep, and every data key ends under it while each value opens before, between and after", async () => {
    const values = await sealUnderOld(owners);
    const opens = async (vault: Vault) => {
      services.clock.advance(1_000);
      for (const { ownerId, sealed } of values) expect(await vault.open(placeOf(ownerId), sealed)).toBe(`of ${ownerId}`);
    };
    await opens(services.vault);
    await sweepAndRun();
    await opens(services.vault);
    expect(new Set((await wrappings()).map((row) => row.kekId))).toEqual(new Set([idOf(services.vault)]));
    await opens(vaultOf(testKeyEncryption(newKey)));
    expect(await rotations()).toMatchObject([
      { status: "finished", keysTotal: 5, keysRewrapped: 5, keysStuck: 0, startedBy: null },
    ]);
    expect(await audited("key_rotation.start")).toMatchObject([{ dataKeys: 5 }]);
    expect(await audited("key_rotation.finish")).toMatchObject([{ rewrapped: 5 }]);
  });

  it("begins nothing when nothing is to be done, and nothing twice", async () => {
    await services.vault.seal(placeOf("wks_a"), "new");
    await sweepRotations(services);
    expect(await rotations()).toEqual([]);
    await sealUnderOld(["wks_b"]);
    await Promise.all(Array.from({ length: 5 }, () => sweepRotations(services)));
    expect(await rotations()).toHaveLength(1);
  });

  it("makes new data keys under the new primary, also in the middle of the rotation", async () => {
    await sealUnderOld(owners);
    await sweepRotations(services);
    await services.vault.seal(placeOf("wks_new"), "made meanwhile");
    expect(await wrappings()).toContainEqual({ ownerId: "wks_new", kekId: idOf(services.vault) });
    await sweepAndRun();
    expect(await rotations()).toMatchObject([{ keysRewrapped: 5 }]);
  });

  it("that changes again supersedes the unfinished rotation", async () => {
    await sealUnderOld(owners);
    await sweepRotations(services);
    const thirdKey = randomBytes(32);
    const later = { ...services, vault: vaultOf(testKeyEncryption(thirdKey, newKey, oldKey)) };
    await sweepRotations(later);
    const [first, second] = await rotations();
    expect([first?.status, second?.status]).toEqual(["superseded", "running"]);
    await runRotation(services, { rotationId: first?.id ?? "" });
    await runRotation(services, { rotationId: second?.id ?? "" });
    expect(await rotations()).toMatchObject([{ keysRewrapped: 0 }, { keysRewrapped: 0, kekId: idOf(later.vault) }]);
    await runRotation(later, { rotationId: second?.id ?? "" });
    expect(await rotations()).toMatchObject([{ status: "superseded" }, { status: "finished", keysRewrapped: 5 }]);
  });

  it("stays: a worker that still has the configuration of before moves nothing back, unless the operator says so", async () => {
    await sealUnderOld(owners);
    const oldAlone = withKeys(testKeyEncryption(oldKey));
    const oldFirst = withKeys(testKeyEncryption(oldKey, newKey));
    await sweepRotations(oldAlone);
    services.clock.advance(60_000);
    await sweepAndRun();
    for (const stale of [oldAlone, oldFirst]) {
      services.clock.advance(60_000);
      await sweepRotations(stale);
    }
    expect(await rotations()).toMatchObject([{ status: "finished", kekId: idOf(services.vault) }]);
    await startRotation(oldFirst, await by());
    await sweepRotations(services);
    expect(await rotations()).toMatchObject([{ status: "finished" }, { status: "running", kekId: idOf(oldFirst.vault) }]);
  });

  it("is not undone by the rest of a rotation that it superseded", async () => {
    await sealUnderOld(owners);
    await sweepRotations(services);
    const [first] = await rotations();
    const later = withKeys(testKeyEncryption(randomBytes(32), newKey, oldKey));
    const vault: Vault = {
      ...services.vault,
      rewrapDataKey: async (ownerId, note) => {
        if (ownerId === "wks_a") await sweepRotations(later);
        return services.vault.rewrapDataKey(ownerId, note);
      },
    };
    await runRotation({ ...services, vault }, { rotationId: first?.id ?? "" });
    expect((await wrappings()).filter((row) => row.kekId === idOf(services.vault))).toHaveLength(2);
    expect(await rotations()).toMatchObject([{ status: "superseded", keysRewrapped: 2 }, { status: "running" }]);
  });
});

describe("a rotation", () => {
  it("by four workers at once moves and counts each data key once, and is finished once", async () => {
    await sealUnderOld(Array.from({ length: 30 }, (_, n) => `wks_${String(n).padStart(3, "0")}`));
    await sweepRotations(services);
    const [rotation] = await rotations();
    await Promise.all(Array.from({ length: 4 }, () => runRotation(services, { rotationId: rotation?.id ?? "" })));
    expect(await rotations()).toMatchObject([{ status: "finished", keysTotal: 30, keysRewrapped: 30 }]);
    expect(await audited("key_rotation.finish")).toHaveLength(1);
  });

  it("stops between two keys when its worker drains, and goes on with the next delivery", async () => {
    await sealUnderOld(owners);
    await sweepRotations(services);
    const [rotation] = await rotations();
    const draining = new AbortController();
    const vault: Vault = {
      ...services.vault,
      rewrapDataKey: async (ownerId, note) => {
        if (ownerId === "wks_a") draining.abort();
        return services.vault.rewrapDataKey(ownerId, note);
      },
    };
    await runRotation({ ...services, vault }, { rotationId: rotation?.id ?? "" }, draining.signal);
    expect(await rotations()).toMatchObject([{ status: "running", keysRewrapped: 3 }]);
    await runRotation(services, { rotationId: rotation?.id ?? "" });
    expect(await rotations()).toMatchObject([{ status: "finished", keysRewrapped: 5 }]);
  });

  it("moves all but what is damaged or under a key that nobody has, says which, and finishes once that is mended", async () => {
    await sealUnderOld(["wks_a", "wks_c"]);
    await vaultOf(testKeyEncryption()).seal(placeOf("wks_b"), "under a key that is not here");
    await sweepAndRun();
    const [stuck] = await rotations();
    expect(stuck).toMatchObject({ status: "running", keysRewrapped: 2, keysStuck: 1 });
    expect(stuck?.lastError).toMatch(/^wks_b: .*Add it to KEY_ENCRYPTION_FORMER_KEYS/);
    expect(await findMissingKeys(services)).toHaveLength(1);
    await services.owner.deleteFrom("dataKeys").where("ownerId", "=", "wks_b").execute();
    await sweepAndRun();
    expect(await rotations()).toMatchObject([{ status: "finished", keysStuck: 0, lastError: null }]);
    expect(await findMissingKeys(services)).toEqual([]);
  });

  it("takes data keys along that an older release wrapped, without the key's id in the binding", async () => {
    const { sealEnvelope } = await import("~/server/vault/envelope");
    const { createSecretKey } = await import("node:crypto");
    const wrappedKey = sealEnvelope(createSecretKey(oldKey), randomBytes(32), ["whs.data-key", "wks_old"]);
    const kekId = idOf(vaultOf(testKeyEncryption(oldKey)));
    await services.owner.insertInto("dataKeys").values({ ownerId: "wks_old", kekId, wrappedKey }).execute();
    const sealed = await services.vault.seal(placeOf("wks_old"), "kept");
    await sweepAndRun();
    services.clock.advance(60_000);
    expect(await vaultOf(testKeyEncryption(newKey)).open(placeOf("wks_old"), sealed)).toBe("kept");
  });
});

describe("the operator", () => {
  it("begins one at once, is told when there is nothing to do, and reads who began it", async () => {
    await sealUnderOld(owners);
    const operator = await by();
    const begun = await startRotation(services, operator);
    expect(begun.keysTotal).toBe(5);
    await runRotation(services, begun);
    await expect(startRotation(services, operator)).rejects.toMatchObject({ code: "CONFLICT" });
    const { rotations: shown } = await readRotation(services);
    expect(shown).toMatchObject([{ status: "finished", keysRewrapped: 5, startedBy: expect.any(String) }]);
  });

  it("sees which key wraps how many, and that the old one may go once it wraps none", async () => {
    await sealUnderOld(owners);
    await sweepRotations(services);
    const before = await readRotation(services);
    expect(before).toMatchObject({
      waiting: 5,
      keys: [
        { state: "primary", dataKeys: 0 },
        { state: "former", dataKeys: 5, mayBeRemoved: false },
      ],
    });
    await sweepAndRun();
    const after = await readRotation(services);
    expect(after).toMatchObject({
      waiting: 0,
      keys: [{ dataKeys: 5 }, { dataKeys: 0, mayBeRemoved: true, addedAt: expect.any(Date) }],
    });
  });

  it("gives up what a lost key guards, once its id is typed: both logs tell, and values can be sealed anew", async () => {
    const lost = vaultOf(testKeyEncryption());
    await lost.seal(placeOf("wks_a"), "lost");
    const input = { kekId: idOf(lost), confirmation: idOf(lost) };
    const operator = await by();
    await expect(giveUpKey(services, operator, { ...input, confirmation: "" })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
    expect(await readRotation(services)).toMatchObject({ keys: [{}, {}, { state: "missing", id: idOf(lost), dataKeys: 1 }] });
    await expect(services.vault.seal(placeOf("wks_a"), "new")).rejects.toMatchObject({
      forOperator: expect.stringContaining("does not have"),
    });
    expect(await giveUpKey(services, operator, input)).toEqual({ dataKeysDestroyed: 1 });
    services.clock.advance(1_000);
    const sealed = await services.vault.seal(placeOf("wks_a"), "new");
    expect(await services.vault.open(placeOf("wks_a"), sealed)).toBe("new");
    expect(await audited("key_encryption_key.give_up")).toHaveLength(1);
    expect(await audited("data_key.destroy")).toHaveLength(1);
    await expect(giveUpKey(services, operator, input)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("cannot give up a key that is configured, here or in any other process", async () => {
    const kekId = services.vault.keys[1]?.id ?? "";
    await expect(giveUpKey(services, await by(), { kekId, confirmation: kekId })).rejects.toMatchObject({ code: "CONFLICT" });
    const other = withKeys(testKeyEncryption());
    await other.vault.seal(placeOf("wks_a"), "in use elsewhere");
    await sweepRotations(other);
    const input = { kekId: idOf(other.vault), confirmation: idOf(other.vault) };
    await expect(giveUpKey(services, await by(), input)).rejects.toThrow(/another process/);
    services.clock.advance(60 * 60_000);
    expect(await giveUpKey(services, await by(), input)).toEqual({ dataKeysDestroyed: 1 });
  });
});
