// A key-encryption key at AWS KMS, through the real SDK: what it binds, what it refuses, and how long it may take.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectOnceAtMost } from "~/server/testing/expect-once-at-most";
import { type KmsStandIn, startKmsStandIn } from "~/server/testing/kms-stand-in";
import { testKeyEncryption } from "~/server/testing/test-config";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { createAwsKmsKey } from "./aws-kms-key";
import { createVault } from "./create-vault";

const arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a secret for tests" };
let kms: KmsStandIn;
let services: TestServices;

beforeAll(async () => {
  [kms, services] = await Promise.all([startKmsStandIn(), createTestServices()]);
});
afterAll(() => Promise.all([kms.close(), services.dispose()]));
beforeEach(async () => {
  kms.calls.length = 0;
  kms.failures.length = 0;
  await services.reset();
});

const open = (keyArn = arn) => createAwsKmsKey(keyArn, { credentials, endpoint: kms.endpoint });

describe("a key at AWS KMS", () => {
  it("wraps and unwraps through signed requests, and its id says nothing but which key it is", async () => {
    const [key, dataKey] = [open(), randomBytes(32)];
    expect(key.id).toMatch(/^kek_[0-9a-f]{16}$/);
    expect(kms.calls).toEqual([]);
    const wrapped = await key.wrap(dataKey, "wks_1");
    expect(wrapped.includes(dataKey)).toBe(false);
    expect((await open().unwrap(wrapped, "wks_1"))?.equals(dataKey)).toBe(true);
    expect(kms.calls).toEqual(["Encrypt", "Decrypt"]);
  });

  it("refuses a wrapped key of another owner, one that was altered, and one of another key", async () => {
    const wrapped = await open().wrap(randomBytes(32), "wks_1");
    const altered = Buffer.from(wrapped);
    altered.writeUInt8(altered.readUInt8(40) ^ 1, 40);
    expect(await open().unwrap(wrapped, "wks_2")).toBeNull();
    expect(await open().unwrap(altered, "wks_1")).toBeNull();
    expect(await open(arn.replace("1234abcd", "4321dcba")).unwrap(wrapped, "wks_1")).toBeNull();
  });

  it("is tried again when it throttles, three times in all and no more", async () => {
    kms.failures.push("ThrottlingException", "ThrottlingException");
    await expect(open().wrap(randomBytes(32), "wks_1")).resolves.toBeInstanceOf(Buffer);
    kms.calls.length = 0;
    kms.failures.push(...Array.from({ length: 9 }, () => "ThrottlingException"));
    await expect(open().wrap(randomBytes(32), "wks_1")).rejects.toMatchObject({ code: "INTERNAL", retryable: true });
    expect(kms.calls).toHaveLength(3);
  });

  it("that is disabled, gone or closed to us says so, with the mend and without the vendor's words", async () => {
    const said = {
      DisabledException: "enable it",
      NotFoundException: "check account and region",
      AccessDeniedException: "allow kms:Encrypt",
    };
    for (const [failure, mend] of Object.entries(said)) {
      kms.failures.push(failure);
      const error = await open()
        .wrap(randomBytes(32), "wks_1")
        .catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ forOperator: expect.stringContaining(mend) });
      expect(error).toMatchObject({ forOperator: expect.stringContaining(arn) });
      expect(error).not.toMatchObject({ forOperator: expect.stringContaining("stand-in") });
      // Whoever sets a secret in a workspace learns nothing of our accounts and keys.
      expect(String(error)).not.toMatch(/kms|arn|kek_|1111/i);
    }
  });

  it("that does not answer is given up within ten seconds", async () => {
    await expectOnceAtMost(10_000, async () => {
      kms.failures.splice(0, kms.failures.length, "hang", "hang", "hang", "hang");
      const startedAt = performance.now();
      await expect(open().wrap(randomBytes(32), "wks_1")).rejects.toMatchObject({ retryable: true });
      return performance.now() - startedAt;
    });
  });
});

describe("a vault whose primary is at AWS KMS", () => {
  const place = { ownerId: "wks_1", kind: "agent_secret", id: "agt_1", name: "KEY", version: 1 };
  const local = randomBytes(32);
  const moved = () => ({
    ...testKeyEncryption(local),
    primary: { kind: "aws-kms" as const, arn },
    former: [{ kind: "local" as const, key: local }],
    awsKms: { credentials, endpoint: kms.endpoint },
  });
  const vaultOf = (keyEncryption: ReturnType<typeof testKeyEncryption>) =>
    createVault({ across: services.across, keyEncryption, clock: services.clock });

  it("takes over from a key of the environment, and asks KMS once for many values", async () => {
    const sealed = await vaultOf(testKeyEncryption(local)).seal(place, "value");
    const vault = vaultOf(moved());
    expect(await vault.rewrapDataKey("wks_1", async () => undefined)).toBe("rewrapped");
    kms.calls.length = 0;
    for (let n = 0; n < 50; n += 1) {
      services.clock.advance(500);
      expect(await vault.open(place, sealed)).toBe("value");
    }
    expect(kms.calls).toEqual(["Decrypt"]);
  });

  it("that cannot be reached loses nothing: values open again as soon as it answers", async () => {
    const sealed = await vaultOf(moved()).seal(place, "value");
    const vault = vaultOf(moved());
    kms.failures.push("DisabledException");
    await expect(vault.open(place, sealed)).rejects.toMatchObject({ retryable: true });
    expect(await vault.open(place, sealed)).toBe("value");
  });
});
