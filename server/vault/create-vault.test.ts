// The vault: what it seals opens in one place only, and not at all once its key is gone.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { testKeyEncryption } from "~/server/testing/test-config";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { createVault } from "./create-vault";
import type { SealedPlace, Vault } from "./vault";

let services: TestServices;
let vault: Vault;
const firstKey = randomBytes(32);
const keyEncryption = testKeyEncryption(firstKey);
const place: SealedPlace = { ownerId: "wks_1", kind: "agent_secret", id: "agt_1", name: "OPENAI_API_KEY", version: 1 };

beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  vault = createVault({ across: services.across, keyEncryption, clock: services.clock });
});

describe("a sealed value", () => {
  it("opens where it belongs, also in another process with the same key-encryption key", async () => {
    const sealed = await vault.seal(place, "sk-ünicode-✓");
    expect(await vault.open(place, sealed)).toBe("sk-ünicode-✓");
    const elsewhere = createVault({ across: services.across, keyEncryption, clock: services.clock });
    expect(await elsewhere.open(place, sealed)).toBe("sk-ünicode-✓");
  });

  it("never has the same bytes twice and never contains the plaintext", async () => {
    const [first, second] = [await vault.seal(place, "canary-value"), await vault.seal(place, "canary-value")];
    expect(first.equals(second)).toBe(false);
    expect(first.includes("canary-value")).toBe(false);
  });

  it("does not open when it was moved to another row, name, version, kind or owner", async () => {
    const sealed = await vault.seal(place, "canary-value");
    await vault.seal({ ...place, ownerId: "wks_2" }, "makes the other owner's key");
    const moved: SealedPlace[] = [
      { ...place, ownerId: "wks_2" },
      { ...place, kind: "outbox_mail" },
      { ...place, id: "agt_2" },
      { ...place, name: "OTHER" },
      { ...place, version: 2 },
      { ...place, id: 'agt_1","OPENAI_API_KEY', name: "" },
    ];
    for (const wrong of moved) await expect(vault.open(wrong, sealed)).rejects.toThrow(/does not open/);
  });

  it("does not open when any single byte was changed or cut off, and the error never holds the value", async () => {
    const sealed = await vault.seal(place, "canary-value");
    for (let position = 0; position < sealed.length; position += 1) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(position) ^ 1, position);
      const error = await vault.open(place, altered).catch((thrown: Error) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(String(error)).not.toContain("canary-value");
    }
    for (const length of [0, 1, 12, 28, sealed.length - 1]) {
      await expect(vault.open(place, sealed.subarray(0, length))).rejects.toThrow(/does not open/);
    }
  });
});

describe("data keys", () => {
  it("are one per owner, however many make it at the same moment", async () => {
    const vaults = Array.from({ length: 10 }, () =>
      createVault({ across: services.across, keyEncryption, clock: services.clock }),
    );
    const sealed = await Promise.all(vaults.map((each) => each.seal(place, "value")));
    expect(await services.owner.selectFrom("dataKeys").selectAll().execute()).toHaveLength(1);
    for (const box of sealed) expect(await vault.open(place, box)).toBe("value");
  });

  it("lie wrapped: the row moved to another owner unwraps nothing", async () => {
    const sealed = await vault.seal(place, "value");
    await services.owner
      .updateTable("dataKeys")
      .set({ ownerId: "wks_thief" } as never)
      .execute();
    const fresh = createVault({ across: services.across, keyEncryption, clock: services.clock });
    await expect(fresh.open({ ...place, ownerId: "wks_thief" }, sealed)).rejects.toMatchObject({
      forOperator: expect.stringMatching(/altered or copied from another owner/),
    });
  });

  it("do not unwrap under another key-encryption key, and the error says which key is missing and where it belongs", async () => {
    const sealed = await vault.seal(place, "value");
    const stranger = createVault({ across: services.across, keyEncryption: testKeyEncryption() });
    const missing = new RegExp(`${vault.keys[0]?.id}.*Add it to KEY_ENCRYPTION_FORMER_KEYS`);
    const trouble = { forOperator: expect.stringMatching(missing), message: expect.not.stringMatching(/kek_|KEY_ENCRYPTION/) };
    await expect(stranger.open(place, sealed)).rejects.toMatchObject(trouble);
    await expect(stranger.seal(place, "value")).rejects.toMatchObject(trouble);
  });

  it("once destroyed leave nothing that opens: here at once, in another process within a second", async () => {
    const elsewhere = createVault({ across: services.across, keyEncryption, clock: services.clock });
    const sealed = await vault.seal(place, "value");
    expect(await elsewhere.open(place, sealed)).toBe("value");
    await vault.destroyDataKey(place.ownerId);
    await expect(vault.open(place, sealed)).rejects.toThrow(/destroyed/);
    services.clock.advance(1_000);
    await expect(elsewhere.open(place, sealed)).rejects.toThrow(/destroyed/);
  });

  it("stay out of reach of the role that is bound to a workspace", async () => {
    await expect(services.db.selectFrom("dataKeys").selectAll().execute()).rejects.toThrow(/permission denied/);
  });
});
