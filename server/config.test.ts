// The environment is judged as a whole, each problem with its variable and what would be right.
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { readConfig } from "./config";

const sound: NodeJS.ProcessEnv = {
  NODE_ENV: "test",
  DATABASE_URL: "postgres://127.0.0.1/whs",
  REDIS_URL: "redis://127.0.0.1",
  KEY_ENCRYPTION_KEY: "0123456789abcdef".repeat(4),
  TELEMETRY_ROOT_KEY: "0123456789abcdef".repeat(4),
  SESSION_SECRET: "0123456789abcdef".repeat(4),
  AGENT_HOST_TOKEN: "0123456789abcdef".repeat(4),
  AUDIT_SIGNING_KEY: "0123456789abcdef".repeat(4),
};

test("a port that is no number, a number too large and a word that is none of them are named at once", () => {
  const wrong = { ...sound, PORT: "abc", DATABASE_CONNECTIONS: "100000", LOG_LEVEL: "loud" };
  for (const said of [
    "3 problems",
    "PORT: This must be a number. The port",
    'LOG_LEVEL: This must be one of "debug"',
    "DATABASE_CONNECTIONS: Give at most",
  ])
    expect(() => readConfig(wrong)).toThrow(said);
});

test("what is missing is named, and a sound environment is taken", () => {
  expect(() => readConfig({ ...sound, REDIS_URL: "" })).toThrow(/REDIS_URL: This is missing\./);
  expect(readConfig(sound).publicUrl.href).toContain("http://127.0.0.1:3000");
});

test("a group that is there by halves is refused with what is missing; whole or absent it is taken", () => {
  const halves = {
    ...sound,
    SMTP_URL: "smtps://me:pw@mail.example.com",
    GOOGLE_CLIENT_ID: "id",
    OIDC_ISSUER: "https://id.example.com",
    OIDC_NAME: "Example",
  };
  for (const said of [
    "3 problems",
    "SMTP_URL is set without MAIL_FROM",
    "GOOGLE_CLIENT_ID is set without GOOGLE_CLIENT_SECRET",
    "OIDC_ISSUER, OIDC_NAME are set without OIDC_CLIENT_ID, OIDC_CLIENT_SECRET",
  ])
    expect(() => readConfig(halves)).toThrow(said);
  const both = { ...sound, MAIL_FROM: "a@example.com", SMTP_URL: "smtp://mail.example.com", RESEND_API_KEY: "re_1" };
  expect(() => readConfig(both)).toThrow("SMTP_URL and RESEND_API_KEY are both set");
  expect(() => readConfig({ ...sound, MAIL_FROM: "a@example.com" })).toThrow("set without SMTP_URL or RESEND_API_KEY");
  expect(readConfig(sound)).toMatchObject({ mail: { carrier: "outbox" }, signIn: { google: null, github: null, oidc: null } });
  const whole = {
    ...sound,
    MAIL_FROM: "Hosting <a@example.com>",
    SMTP_URL: "smtp://mail.example.com",
    GITHUB_CLIENT_ID: "i",
    GITHUB_CLIENT_SECRET: "s",
  };
  expect(readConfig(whole)).toMatchObject({
    mail: { carrier: "smtp", from: "Hosting <a@example.com>" },
    signIn: { github: { clientId: "i", clientSecret: "s" } },
  });
});

test("a sender that could carry headers of its own, and an issuer without TLS in production, are refused", () => {
  for (const MAIL_FROM of ["a@example.com\r\nBcc: b@example.com", "Ada", "a@example.com, b@example.com"])
    expect(() => readConfig({ ...sound, MAIL_FROM, RESEND_API_KEY: "re_1" })).toThrow("MAIL_FROM");
  const oidc = { OIDC_ISSUER: "http://id.example.com", OIDC_CLIENT_ID: "i", OIDC_CLIENT_SECRET: "s", OIDC_NAME: "N" };
  expect(() => readConfig({ ...sound, ...oidc, PUBLIC_URL: "https://agents.example.com" })).toThrow(
    "OIDC_ISSUER begins with http",
  );
});

test("an installation has a name, and in public one of its own before it shares an account with another", () => {
  expect(readConfig(sound).environment).toBe("local");
  expect(readConfig({ ...sound, ENVIRONMENT_NAME: "staging" }).environment).toBe("staging");
  for (const ENVIRONMENT_NAME of ["Prod", "1st", "a b", "a-b", "x".repeat(17)])
    expect(() => readConfig({ ...sound, ENVIRONMENT_NAME })).toThrow("ENVIRONMENT_NAME");
  const cloudflare = { CLOUDFLARE_ACCOUNT_ID: "0".repeat(32), CLOUDFLARE_API_TOKEN: "t".repeat(40) };
  const open = { ...sound, ...cloudflare, PUBLIC_URL: "https://agents.example.com" };
  expect(() => readConfig(open)).toThrow("ENVIRONMENT_NAME is not set");
  expect(() => readConfig({ ...open, ENVIRONMENT_NAME: "production" })).not.toThrow("ENVIRONMENT_NAME");
});

test("secrets that say whose they are open nothing for another environment", () => {
  const staging = { ...sound, ENVIRONMENT_NAME: "staging" };
  expect(readConfig({ ...staging, KEYS_ENVIRONMENT: "staging" }).environment).toBe("staging");
  for (const env of [
    { ...staging, KEYS_ENVIRONMENT: "production" },
    { ...sound, KEYS_ENVIRONMENT: "staging" },
  ])
    expect(() => readConfig(env)).toThrow(/KEYS_ENVIRONMENT says that the secret variables are those of/);
});

test("billing is on with all of its variables and off without, and no stand-in for Stripe reaches production", () => {
  const stripe = {
    STRIPE_SECRET_KEY: "sk_test_12345678",
    STRIPE_WEBHOOK_SECRETS: "whsec_exampleOfTheNewOne, whsec_exampleOfTheOldOne",
    STRIPE_PRICES: "starter:month:usd=price_1, pro:year:eur=price_2",
  };
  expect(readConfig(sound).billing).toBeNull();
  expect(readConfig({ ...sound, ...stripe }).billing).toMatchObject({
    webhookSecrets: ["whsec_exampleOfTheNewOne", "whsec_exampleOfTheOldOne"],
    prices: [
      { tier: "starter", interval: "month", currency: "usd", priceId: "price_1" },
      { tier: "pro", interval: "year", currency: "eur", priceId: "price_2" },
    ],
    graceDays: 14,
  });
  expect(() => readConfig({ ...sound, STRIPE_SECRET_KEY: stripe.STRIPE_SECRET_KEY })).toThrow("STRIPE_WEBHOOK_SECRETS");
  for (const STRIPE_PRICES of ["free:month:usd=price_1", "pro:day:usd=price_1", "pro:month:usd=price_1,pro:year:usd=price_1"])
    expect(() => readConfig({ ...sound, ...stripe, STRIPE_PRICES })).toThrow("STRIPE_PRICES");
  const open = { ...sound, ...stripe, PUBLIC_URL: "https://agents.example.com", STRIPE_API_URL: "http://127.0.0.1:1" };
  expect(() => readConfig(open)).toThrow("STRIPE_API_URL is for tests");
});

test("production refuses keys that are missing, short, all zeros, repeated, in sequence, a text, published or used twice", () => {
  const random = () => randomBytes(32).toString("hex");
  const ours = ["KEY_ENCRYPTION_KEY", "TELEMETRY_ROOT_KEY", "SESSION_SECRET", "AGENT_HOST_TOKEN", "AUDIT_SIGNING_KEY"];
  const open = { ...sound, PUBLIC_URL: "https://agents.example.com" };
  const good = { ...open, ...Object.fromEntries(ours.map((name) => [name, random()])) };
  expect(readConfig(good).isProduction).toBe(true);
  const weak: Record<string, RegExp> = {
    ["00".repeat(32)]: /is all zeros/,
    ["0123456789abcdef".repeat(4)]: /its bytes repeat/,
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f": /is a sequence/,
    fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0: /is a sequence/,
    [Buffer.from("correct horse battery staple, 32").toString("hex")]: /is a text in hexadecimal/,
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4": /stands in public documents/,
  };
  for (const name of ours) {
    for (const [key, why] of Object.entries(weak)) expect(() => readConfig({ ...good, [name]: key }), key).toThrow(why);
    expect(() => readConfig({ ...good, [name]: random().slice(2) })).toThrow(name);
    expect(() => readConfig({ ...good, [name]: "" })).toThrow(`${name}: This is missing`);
  }
  expect(() => readConfig({ ...good, KEY_ENCRYPTION_FORMER_KEYS: `${random()},${"00".repeat(32)}` })).toThrow(
    /KEY_ENCRYPTION_FORMER_KEYS is all zeros/,
  );
  const twice = { ...good, SESSION_SECRET: readConfig(good).telemetryRootKey.toString("hex") };
  expect(() => readConfig(twice)).toThrow("SESSION_SECRET is the same as TELEMETRY_ROOT_KEY");
});

test("a key-encryption key may stand at AWS KMS, its access key is whole or absent, and former keys are a list", () => {
  const arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  const former = "0123456789abcdef".repeat(4);
  const { keyEncryption } = readConfig({ ...sound, KEY_ENCRYPTION_KEY: arn, KEY_ENCRYPTION_FORMER_KEYS: ` ${former}, ${arn}` });
  expect(keyEncryption).toEqual({
    primary: { kind: "aws-kms", arn },
    former: [
      { kind: "local", key: Buffer.from(former, "hex") },
      { kind: "aws-kms", arn },
    ],
    awsKms: { credentials: null, endpoint: null },
  });
  expect(() => readConfig({ ...sound, AWS_KMS_ACCESS_KEY_ID: "AKIA" })).toThrow("without AWS_KMS_SECRET_ACCESS_KEY");
  for (const wrong of ["arn:aws:s3:::bucket", "abc", `${former}0`])
    expect(() => readConfig({ ...sound, KEY_ENCRYPTION_KEY: wrong })).toThrow(/64 hexadecimal digits .* or the ARN/);
  const alias = "arn:aws:kms:eu-central-1:111122223333:alias/agents";
  expect(() => readConfig({ ...sound, KEY_ENCRYPTION_KEY: alias })).toThrow(/alias, which can come to mean another key/);
  const plain = { ...sound, PUBLIC_URL: "https://agents.example.com", AWS_KMS_ENDPOINT: "http://kms.example.com" };
  expect(() => readConfig(plain)).toThrow("AWS_KMS_ENDPOINT begins with http://");
});
