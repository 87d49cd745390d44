// The environment is judged as a whole, each problem with its variable and what would be right.
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
