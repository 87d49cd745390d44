// Every credential that stands in the environment, by name and fingerprint, never by value (MISSION F7).
import { createHash, createHmac, hkdfSync } from "node:crypto";
import type { Config } from "~/server/config";
import type { ConfigVariable } from "~/server/config-variables";
import { fingerprintOf as webhookFingerprint } from "~/server/payments/read-signed-event";
import type { KeyFacts } from "~/server/vault/key-encryption";
import { createKeyRing } from "~/server/vault/key-ring";

export type Credential = {
  /** The variable that holds it now. */
  variable: ConfigVariable;
  /** The variable that the current one of its kind stands in: what is written down keeps this name when it becomes a former one. */
  name: ConfigVariable;
  fingerprint: string;
  /** Stands beside a newer one, and goes once it has fallen silent. */
  isFormer: boolean;
};

type Entry = { name: ConfigVariable; value: string; variable?: ConfigVariable };

const known = new WeakMap<Config, Credential[]>();

/** Worked out once per process. */
export function listCredentials(config: Config): Credential[] {
  const listed = known.get(config) ?? workOut(config);
  known.set(config, listed);
  return listed;
}

function workOut(config: Config): Credential[] {
  const random = randomOnes(config).map(({ name, value, variable = name }) => {
    return { variable, name, fingerprint: fingerprintOfRandom(name, value), isFormer: variable !== name };
  });
  const pepper = Buffer.from(hkdfSync("sha256", config.auditSigningKey, "", "whs.credential-fingerprint.v1", 32));
  const chosen = chosenOnes(config).map(({ name, value }) => {
    return { variable: name, name, fingerprint: fingerprintOfChosen(pepper, name, value), isFormer: false };
  });
  return [...wrappingKeys(config), ...random, ...webhookSecrets(config), ...delegationSecrets(config), ...chosen];
}

export function fingerprintOfKey({ id }: Pick<KeyFacts, "id">): string {
  return id.slice("kek_".length);
}

function wrappingKeys(config: Config): Credential[] {
  return createKeyRing(config.keyEncryption).keys.map((key, place) => ({
    variable: place === 0 ? "KEY_ENCRYPTION_KEY" : "KEY_ENCRYPTION_FORMER_KEYS",
    name: "KEY_ENCRYPTION_KEY",
    fingerprint: fingerprintOfKey(key),
    isFormer: place > 0,
  }));
}

/** The first one is the newest. */
function webhookSecrets({ billing }: Config): Credential[] {
  return (billing?.webhookSecrets ?? []).map((secret, place) => ({
    variable: "STRIPE_WEBHOOK_SECRETS",
    name: "STRIPE_WEBHOOK_SECRETS",
    fingerprint: webhookFingerprint(secret),
    isFormer: place > 0,
  }));
}

/** Of each source the first one is the newest. */
function delegationSecrets({ delegation }: Config): Credential[] {
  return delegation.map(({ source, secret }, place) => ({
    variable: "DELEGATION_SECRETS",
    name: "DELEGATION_SECRETS",
    fingerprint: fingerprintOfRandom("DELEGATION_SECRETS", `${source}=${secret}`),
    isFormer: delegation.findIndex((other) => other.source === source) < place,
  }));
}

/** Drawn at random, by us or by a provider: no list of likely values leads back from a hash. */
function randomOnes({ signIn, mail, billing, ...config }: Config): Entry[] {
  const optional: [ConfigVariable, string | null | undefined][] = [
    ["AWS_KMS_SECRET_ACCESS_KEY", config.keyEncryption.awsKms.credentials?.secretAccessKey],
    ["CLOUDFLARE_API_TOKEN", config.cloudflare?.apiToken],
    ["AGENTCORE_SECRET_ACCESS_KEY", config.agentCore?.credentials?.secretAccessKey],
    ["GOOGLE_CLIENT_SECRET", signIn.google?.clientSecret],
    ["GITHUB_CLIENT_SECRET", signIn.github?.clientSecret],
    ["RESEND_API_KEY", mail.carrier === "resend" ? mail.apiKey : null],
    ["STRIPE_SECRET_KEY", billing?.secretKey],
  ];
  return [
    { name: "TELEMETRY_ROOT_KEY", value: config.telemetryRootKey.toString("hex") },
    ...config.telemetryFormerRootKeys.map((key) => ({
      variable: "TELEMETRY_FORMER_ROOT_KEYS" as const,
      name: "TELEMETRY_ROOT_KEY" as const,
      value: key.toString("hex"),
    })),
    { name: "SESSION_SECRET", value: config.sessionSecret.toString("hex") },
    { name: "AGENT_HOST_TOKEN", value: config.agentHostToken },
    { name: "AUDIT_SIGNING_KEY", value: config.auditSigningKey.toString("hex") },
    ...optional.flatMap(([name, value]) => (value ? [{ name, value }] : [])),
  ];
}

/** May hold a password that a person chose. */
function chosenOnes({ mail, databaseUrl, redisUrl, signIn, metrics, tracing, errorReports }: Config): Entry[] {
  return [
    { name: "DATABASE_URL", value: databaseUrl },
    { name: "REDIS_URL", value: redisUrl },
    ...(signIn.oidc ? [{ name: "OIDC_CLIENT_SECRET" as const, value: signIn.oidc.clientSecret }] : []),
    ...(mail.carrier === "smtp" ? [{ name: "SMTP_URL" as const, value: mail.url.href }] : []),
    ...(metrics.token ? [{ name: "METRICS_TOKEN" as const, value: metrics.token }] : []),
    ...(errorReports.dsn ? [{ name: "SENTRY_DSN" as const, value: errorReports.dsn }] : []),
    ...tracing.credentials,
  ];
}

/** For what was drawn at random: as the operator's page shows it. */
export function fingerprintOfRandom(name: ConfigVariable, value: string): string {
  return createHash("sha256").update(`whs.credential.v1\n${name}\n${value}`).digest("hex").slice(0, 16);
}

/**
 * Keyed, for a list of likely passwords would lead back from a bare hash, however slow: who has the database alone can test no guess.
 * The key hangs on the audit log's, which is rotated least; when it is, these count as new.
 */
function fingerprintOfChosen(pepper: Buffer, name: ConfigVariable, value: string): string {
  return createHmac("sha256", pepper).update(`${name}\n${value}`).digest("hex").slice(0, 16);
}
