// API keys say which environment made them: another one names it as it refuses them, and keys from before stay good.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { rerollApiKey } from "~/server/api-keys/reroll-api-key";
import { sha256Hex } from "~/server/sha256";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { environmentOfApiKey, isApiKeyShaped, newApiKey } from "./api-key-format";
import { authenticateRequest } from "./authenticate-request";

let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
beforeAll(async () => {
  services = await createTestServices();
  tenant = await createTestTenant(services);
});
afterAll(() => services.dispose());

const make = () => createApiKey(services, tenant.scope, { name: "ci", preset: "read", expiresInDays: null });
const prove = (apiKey: string, environment = services.config.environment) =>
  authenticateRequest(
    { ...services, config: { ...services.config, environment } },
    { cookieHeader: null, authorizationHeader: `Bearer ${apiKey}` },
  );
const plainly = { code: "UNAUTHENTICATED", message: expect.stringContaining("unknown, revoked or expired") };

it("a new key and its successor end in the environment's name, under the checksum too", async () => {
  const first = await make();
  const second = await rerollApiKey(services, tenant.scope, { keyId: first.keyId, overlapHours: 0 });
  for (const { apiKey } of [first, second]) {
    expect(apiKey).toMatch(/^whs_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}_test$/);
    expect(environmentOfApiKey(apiKey)).toBe("test");
    for (const altered of [apiKey.replace(/_test$/, "_prod"), apiKey.replace(/_test$/, ""), `${apiKey}_x`]) {
      expect(isApiKeyShaped(altered)).toBe(false);
    }
  }
  expect((await prove(second.apiKey)).principal).toMatchObject({ keyId: second.keyId });
});

it("one of another environment is refused with that one's name, and not with ours", async () => {
  const refused = prove(newApiKey("staging"));
  await expect(refused).rejects.toMatchObject({
    code: "UNAUTHENTICATED",
    message: 'This API key belongs to the environment "staging", and this is another. Use a key that was made here.',
    details: { reason: "key_of_another_environment" },
  });
});

it("one that only looks like it, and an unknown one of ours, are refused like any other", async () => {
  await expect(prove(`${newApiKey("staging").slice(0, -1)}x`)).rejects.toMatchObject(plainly);
  await expect(prove(newApiKey("test"))).rejects.toMatchObject(plainly);
  await expect(prove(newApiKey())).rejects.toMatchObject(plainly);
});

it("one from before keys said so stays good, and so does every key of a database that was renamed", async () => {
  const [old, made] = [await make(), await make()];
  const before = newApiKey();
  await services.across
    .updateTable("apiKeys")
    .set({ secretHash: sha256Hex(before) })
    .where("id", "=", old.keyId)
    .execute();
  expect((await prove(before)).principal).toMatchObject({ keyId: old.keyId });
  expect((await prove(made.apiKey, "production")).principal).toMatchObject({ keyId: made.keyId });
});
