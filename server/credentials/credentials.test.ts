// The list of the environment's credentials: none is forgotten, none is told, and each use is written down once a minute.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "~/server/config";
import { configVariables } from "~/server/config-variables";
import { readRotation } from "~/server/rotation/read-rotation";
import { sweepRotations } from "~/server/rotation/sweep-rotations";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { listCredentials } from "./list-credentials";
import { drainCredentialUses } from "./note-credential-use";
import { useCredential } from "./use-credential";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

const hex = (byte: string) => byte.repeat(32);
const whole: NodeJS.ProcessEnv = {
  NODE_ENV: "test",
  DATABASE_URL: "postgres://whs:canary-database@127.0.0.1/whs",
  REDIS_URL: "redis://:canary-redis@127.0.0.1",
  KEY_ENCRYPTION_KEY: hex("a1"),
  KEY_ENCRYPTION_FORMER_KEYS: `${hex("a2")},${hex("a3")}`,
  AWS_KMS_ACCESS_KEY_ID: "AKIA",
  AWS_KMS_SECRET_ACCESS_KEY: "canary-kms",
  CLOUDFLARE_ACCOUNT_ID: hex("00").slice(0, 32),
  CLOUDFLARE_API_TOKEN: "canary-cloudflare-token",
  AGENTCORE_REGION: "eu-central-1",
  AGENTCORE_ROLE_ARN: "arn:aws:iam::123456789012:role/agents",
  AGENTCORE_BUCKET: "agents-bucket",
  AGENTCORE_ACCESS_KEY_ID: "AKIA",
  AGENTCORE_SECRET_ACCESS_KEY: "canary-agentcore",
  TELEMETRY_ROOT_KEY: hex("b1"),
  TELEMETRY_FORMER_ROOT_KEYS: hex("b2"),
  SESSION_SECRET: hex("c1"),
  AGENT_HOST_TOKEN: hex("d1"),
  AUDIT_SIGNING_KEY: hex("e1"),
  MAIL_FROM: "a@example.com",
  SMTP_URL: "smtps://me:canary-smtp@mail.example.com",
  GOOGLE_CLIENT_ID: "id",
  GOOGLE_CLIENT_SECRET: "canary-google",
  GITHUB_CLIENT_ID: "id",
  GITHUB_CLIENT_SECRET: "canary-github",
  OIDC_ISSUER: "https://id.example.com",
  OIDC_CLIENT_ID: "id",
  OIDC_CLIENT_SECRET: "canary-oidc",
  OIDC_NAME: "Example",
  DELEGATION_SECRETS: "crm=canaryOfTheNewOneCanaryOfTheNewOne,crm=canaryOfTheOldOneCanaryOfTheOldOne",
  STRIPE_SECRET_KEY: "sk_test_canary1234",
  STRIPE_WEBHOOK_SECRETS: "whsec_canaryOfTheNewOne,whsec_canaryOfTheOldOne",
  STRIPE_PRICES: "starter:month:usd=price_1",
  METRICS_TOKEN: "canaryOfTheMetricsDoorOfTest",
  OTEL_EXPORTER_OTLP_HEADERS: "x-key=canary-collector",
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-key=canary-traces",
  SENTRY_DSN: "https://canaryofsentry@errors.example.com/1",
};
const carriers = { SMTP_URL: "RESEND_API_KEY", RESEND_API_KEY: "SMTP_URL" } as const;

describe("the list", () => {
  it("holds every variable that is called secret, and no value in any form", () => {
    const { SMTP_URL: _smtp, ...rest } = whole;
    const listed = [
      ...listCredentials(readConfig(whole)),
      ...listCredentials(readConfig({ ...rest, RESEND_API_KEY: "canary-resend" })),
    ];
    const names = new Set(listed.map(({ variable }) => variable));
    const secret = Object.entries(configVariables).flatMap(([name, entry]) => (entry.secret ? [name] : []));
    expect(Object.keys(carriers).every((name) => secret.includes(name))).toBe(true);
    expect(secret.filter((name) => !names.has(name as never))).toEqual([]);
    for (const { fingerprint } of listed) expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(JSON.stringify(listed)).not.toMatch(/canary|a1a1|b1b1/);
  });

  it("keeps the fingerprint of a key that became a former one", () => {
    const before = listCredentials(readConfig(whole));
    const changed = { ...whole, TELEMETRY_ROOT_KEY: hex("b9"), TELEMETRY_FORMER_ROOT_KEYS: hex("b1") };
    const after = listCredentials(
      readConfig({ ...changed, KEY_ENCRYPTION_KEY: hex("a9"), KEY_ENCRYPTION_FORMER_KEYS: hex("a1") }),
    );
    for (const name of ["TELEMETRY_ROOT_KEY", "KEY_ENCRYPTION_KEY"]) {
      const current = before.find((one) => one.name === name && !one.isFormer);
      expect(after.find((one) => one.name === name && one.isFormer)?.fingerprint).toBe(current?.fingerprint);
    }
  });
});

describe("the fingerprint of a password that a person may have chosen", () => {
  const chosen = ["DATABASE_URL", "REDIS_URL", "SMTP_URL", "OIDC_CLIENT_SECRET"];
  const printsOf = (env: NodeJS.ProcessEnv) => {
    const listed = listCredentials(readConfig(env));
    return chosen.map((name) => listed.find((one) => one.variable === name)?.fingerprint ?? "");
  };

  it("leads whoever has the database to no guess: it is keyed by what stands in the environment alone", () => {
    const [here, there] = [printsOf(whole), printsOf({ ...whole, AUDIT_SIGNING_KEY: hex("e9") })];
    expect(new Set([...here, ...there]).size).toBe(2 * chosen.length);
    expect(printsOf({ ...whole, SESSION_SECRET: hex("c9") })).toEqual(here);
  });
});

describe("a credential", () => {
  const state = async (name: string) => (await readRotation(services)).credentials.filter((one) => one.variable === name);
  const use = async () => {
    useCredential(services, "AUDIT_SIGNING_KEY");
    await drainCredentialUses(services);
  };

  it("is shown since the first sweep that saw it, and used to the minute", async () => {
    await sweepRotations(services);
    expect(await state("AUDIT_SIGNING_KEY")).toMatchObject([
      { state: "in_use", addedAt: services.clock.now(), lastUsedAt: null },
    ]);
    await use();
    const first = services.clock.now();
    services.clock.advance(59_999);
    await use();
    expect(await state("AUDIT_SIGNING_KEY")).toMatchObject([{ lastUsedAt: first }]);
    services.clock.advance(1);
    await use();
    expect(await state("AUDIT_SIGNING_KEY")).toMatchObject([{ lastUsedAt: services.clock.now() }]);
  });

  it("that stands beside a newer one may be removed after a week of silence, and is remembered once it is gone", async () => {
    const config = { ...services.config, telemetryFormerRootKeys: [Buffer.alloc(32, 7)] };
    const needs = { ...services, config };
    const former = async () =>
      (await readRotation(needs)).credentials.filter((one) => one.variable === "TELEMETRY_FORMER_ROOT_KEYS");
    await sweepRotations(needs);
    expect(await former()).toMatchObject([{ state: "former" }]);
    services.clock.advance(7 * 24 * 60 * 60_000);
    expect(await former()).toMatchObject([{ state: "silent" }]);
    const removed = (await readRotation(services)).credentials.filter((one) => one.state === "removed");
    expect(removed).toMatchObject([{ variable: "TELEMETRY_ROOT_KEY" }]);
  });
});
