// An old key-encryption key is thrown away only when no data key is wrapped by it any more.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { testKeyEncryption } from "~/server/testing/test-config";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { assertNothingNeeds } from "./assert-nothing-needs";
import { readSettings } from "./read-settings";

const oldKey = randomBytes(32);
let services: TestServices;
beforeAll(async () => {
  services = await createTestServices({ config: { keyEncryption: testKeyEncryption(oldKey) } });
});
afterAll(() => services.dispose());

const askedOf = (...keys: Buffer[]) => {
  const { databaseUrl, dataDir } = services.config;
  const settings = readSettings({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir });
  return assertNothingNeeds(keys.map((key) => key.toString("hex")).join(","), settings);
};

it("is kept while a data key is wrapped by it, and is named; another one may go", async () => {
  await askedOf(oldKey);
  await services.vault.seal({ ownerId: "wks_1", kind: "agent_secret", id: "agt_1", name: "KEY", version: 1 }, "value");
  const [primary] = services.vault.keys;
  await expect(askedOf(randomBytes(32), oldKey)).rejects.toThrow(primary?.id);
  await askedOf(randomBytes(32));
  await services.vault.destroyDataKey("wks_1");
  await askedOf(oldKey);
});
