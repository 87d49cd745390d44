// Every variable of the environment: its shape, what it does and what holds without it. README's table is made from here.
import { z } from "zod";
import { AgentCoreBucket, AgentCoreRegion, AgentCoreRoleArn, AgentCoreToolsRoleArn } from "./config-agentcore";
import { StripePrices, StripeSecretKey, StripeWebhookSecrets } from "./config-billing";
import { CloudflareAccountId, CloudflareApiToken, CloudflareDispatchNamespace } from "./config-cloudflare";
import { DelegationSecrets } from "./config-delegation";
import { FormerKeyEncryptionKeys, KeyEncryptionKey, KeyHexes, KeyHex as keyHex } from "./config-keys";
import { MetricsToken } from "./config-metrics";
import { otelVariables } from "./config-tracing";
import { variable } from "./config-variable";

const flag = z.enum(["true", "false"]).transform((text) => text === "true");
/** An address, with or without a name before it. A line break would let it carry headers of its own. */
const mailFrom = z
  .string()
  .trim()
  .max(320)
  .regex(/^(?:[^<>"\r\n,;]*<[^\s<>@,;]+@[^\s<>@,;]+>|[^\s<>@,;]+@[^\s<>@,;]+)$/, "must look like Name <address@example.com>");
const decodes = (url: string) => !/%(?![0-9a-f]{2})/i.test(url);
const port = z.coerce.number().int().min(0).max(65_535);
const word = z.string().trim().min(1);
/** Public keys of 32 bytes each, comma separated. */
const publicKeys = z
  .string()
  .transform((text) => text.split(",").map((key) => key.trim().toLowerCase()))
  .refine(
    (keys) => keys.every((key) => /^[0-9a-f]{64}$/.test(key)),
    "must be public keys of 64 hexadecimal digits, comma separated",
  );

/** Spelled as accounts keep them. */
const addressList = z
  .string()
  .transform((text) => text.split(",").map((entry) => entry.trim().normalize("NFKC").toLowerCase()))
  .pipe(z.array(z.email("must be addresses like ada@example.com, separated by commas")));

/** Every variable; README's configuration table is generated from here. */
export const configVariables = {
  PUBLIC_URL: variable(
    z.url().optional(),
    "The address people use. Anything but loopback means production: HTTPS and real secrets are demanded.",
    { byDefault: "http://127.0.0.1:PORT" },
  ),
  ENVIRONMENT_NAME: variable(
    z
      .string()
      .regex(/^[a-z][a-z0-9]{0,15}$/, "must be a lower-case word of at most 16 letters and digits, such as production or staging")
      .default("local"),
    "What this installation calls itself. Its database keeps the name, a start under another is refused, and what it makes at a runtime carries it.",
    { byDefault: "local" },
  ),
  KEYS_ENVIRONMENT: variable(
    z.string().optional(),
    "Whose the secret variables are. Keep it beside them, wherever they are kept: a start under another ENVIRONMENT_NAME is then refused.",
  ),
  HOST: variable(z.string().default("127.0.0.1"), "The address to listen on.", { byDefault: "127.0.0.1" }),
  PORT: variable(port.default(3000), "The port to listen on.", { byDefault: "3000" }),
  DATA_DIR: variable(z.string().default(".data"), "Where the embedded default keeps its database, bundles, keys and sockets.", {
    byDefault: ".data",
  }),
  DATABASE_URL: variable(
    z.string().min(1),
    "PostgreSQL 15 or newer. Set: it is used, never a fallback. Unset: `npm start` brings its own.",
    { secret: true, byDefault: "embedded" },
  ),
  REDIS_URL: variable(
    z.string().min(1),
    "Redis 6.2 or newer with maxmemory-policy noeviction. Unset: `npm start` brings its own.",
    { secret: true, byDefault: "embedded" },
  ),
  KEY_ENCRYPTION_KEY: variable(
    KeyEncryptionKey,
    "Wraps every workspace's data key: 64 hexadecimal digits, or the ARN of a key at AWS KMS. Lose it and every sealed secret is lost.",
    { secret: true, byDefault: "made under DATA_DIR" },
  ),
  KEY_ENCRYPTION_FORMER_KEYS: variable(
    FormerKeyEncryptionKeys.optional(),
    "What KEY_ENCRYPTION_KEY was before, comma separated, until the rotation is finished.",
    { secret: true },
  ),
  AWS_KMS_ACCESS_KEY_ID: variable(
    word.optional(),
    "AWS KMS: the id of an access key. Unset: the role of the machine or task that the process runs on.",
  ),
  AWS_KMS_SECRET_ACCESS_KEY: variable(word.optional(), "AWS KMS: the access key's secret.", { secret: true }),
  AWS_KMS_ENDPOINT: variable(
    z.url({ protocol: /^https?$/ }).optional(),
    "AWS KMS: another address than the region's, such as that of a VPC endpoint.",
  ),
  CLOUDFLARE_ACCOUNT_ID: variable(
    CloudflareAccountId.optional(),
    "Cloudflare: the account that agents run in. Unset: this installation does not offer that runtime.",
  ),
  CLOUDFLARE_API_TOKEN: variable(
    CloudflareApiToken.optional(),
    "Cloudflare: an API token with the one permission Workers Scripts: Edit of that account.",
    { secret: true },
  ),
  CLOUDFLARE_DISPATCH_NAMESPACE: variable(
    CloudflareDispatchNamespace.optional(),
    "Cloudflare: a dispatch namespace of Workers for Platforms that agents are placed in.",
    { byDefault: "none: agents are scripts of the account" },
  ),
  AGENTCORE_REGION: variable(
    AgentCoreRegion.optional(),
    "AWS Bedrock AgentCore: the region that agents run in. Unset: this installation does not offer that runtime.",
  ),
  AGENTCORE_ROLE_ARN: variable(AgentCoreRoleArn.optional(), "AWS Bedrock AgentCore: the role that agents run as."),
  AGENTCORE_TOOLS_ROLE_ARN: variable(
    AgentCoreToolsRoleArn.optional(),
    "AWS Bedrock AgentCore: the role of agents whose manifest claims memory, code interpreter or browser; with {workspace} in its name, one for each workspace. Unset: the one of all agents.",
  ),
  AGENTCORE_BUCKET: variable(
    AgentCoreBucket.optional(),
    "AWS Bedrock AgentCore: the S3 bucket that keeps code and sessions, of this installation alone.",
  ),
  AGENTCORE_ACCESS_KEY_ID: variable(
    word.optional(),
    "AWS Bedrock AgentCore: the id of an access key. Unset: the role of the machine or task that the process runs on.",
  ),
  AGENTCORE_SECRET_ACCESS_KEY: variable(word.optional(), "AWS Bedrock AgentCore: the access key's secret.", { secret: true }),
  TELEMETRY_ROOT_KEY: variable(keyHex, "Telemetry keys of deployments are derived from it.", {
    secret: true,
    byDefault: "made under DATA_DIR",
  }),
  TELEMETRY_FORMER_ROOT_KEYS: variable(
    KeyHexes.optional(),
    "What TELEMETRY_ROOT_KEY was before, comma separated: reports signed under them still count.",
    { secret: true },
  ),
  TELEMETRY_OVERLAP_MINUTES: variable(
    z.coerce.number().int().min(0).max(10_080).default(1_440),
    "How long a deployment's telemetry key before the current one still counts after a rotation.",
    { byDefault: "1440" },
  ),
  SESSION_SECRET: variable(keyHex, "Signs CSRF tokens and seals what a browser keeps of a sign-in with a provider.", {
    secret: true,
    byDefault: "made under DATA_DIR",
  }),
  AGENT_HOST_TOKEN: variable(keyHex, "Shared by the house and its agent hosts.", {
    secret: true,
    byDefault: "made under DATA_DIR",
  }),
  AUDIT_SIGNING_KEY: variable(keyHex, "Seed of the Ed25519 key that signs checkpoints of the audit chains and their exports.", {
    secret: true,
    byDefault: "made under DATA_DIR",
  }),
  AUDIT_FORMER_KEYS: variable(
    publicKeys.optional(),
    "Public keys that signed audit checkpoints before AUDIT_SIGNING_KEY was changed, comma separated.",
  ),
  AGENT_HOST_SOCKET: variable(z.string().optional(), "Unix socket of the agent host on this machine.", {
    byDefault: "under the run folder",
  }),
  CONTROL_SOCKET: variable(z.string().optional(), "Unix socket on which the web process answers the agent host.", {
    byDefault: "under the run folder",
  }),
  TRUSTED_PROXY: variable(
    z.string().optional(),
    "Addresses or ranges of proxies whose X-Forwarded-For and X-Forwarded-Proto count, comma separated.",
    { byDefault: "none" },
  ),
  SUPER_ADMIN_EMAILS: variable(
    addressList.optional(),
    "Accounts that operate the platform once their address is proven, comma separated. Taking one out takes the right away.",
    { byDefault: "none; the embedded start makes operator@localhost" },
  ),
  LOG_LEVEL: variable(z.enum(["debug", "info", "warn", "error"]).default("info"), "How much is logged.", { byDefault: "info" }),
  METRICS_TOKEN: variable(MetricsToken.optional(), "Shown as a bearer token, it opens /metrics to Prometheus.", { secret: true }),
  WORKER_METRICS_PORT: variable(port.optional(), "Where a worker shows its own /metrics, on HOST, behind the same token."),
  ...otelVariables,
  SENTRY_DSN: variable(z.url().optional(), "Sends errors that nobody foresaw to Sentry, scrubbed of everything personal.", {
    secret: true,
  }),
  SENTRY_RELEASE: variable(word.optional(), "Sentry: what this release is called."),
  OTEL_SDK_DISABLED: variable(flag.default(false), "Sends nothing to the collector.", { byDefault: "false" }),
  DATABASE_CONNECTIONS: variable(
    z.coerce.number().int().min(2).max(200).default(10),
    "Most PostgreSQL connections per process and role.",
    { byDefault: "10" },
  ),
  HELD_ANSWERS_MB: variable(
    z.coerce.number().int().min(128).max(65_536).default(512),
    "Most megabytes that a process holds of answers which are not whole yet; one workspace's take half of it at most.",
    { byDefault: "512" },
  ),
  EGRESS_ALLOW_LOOPBACK: variable(flag.default(false), "Tests only: agents may reach 127.0.0.1. Refused in production.", {
    byDefault: "false",
  }),
  SMTP_URL: variable(
    z
      .url({ protocol: /^smtps?$/, message: "must look like smtps://user:password@mail.example.com:465" })
      .refine(decodes, "must have its user and password percent-encoded")
      .optional(),
    "The mail server that letters leave by: smtps:// speaks TLS from the start, smtp:// turns it on with STARTTLS.",
    { secret: true },
  ),
  RESEND_API_KEY: variable(word.optional(), "Sends letters through Resend's HTTPS API instead of a mail server.", {
    secret: true,
  }),
  MAIL_FROM: variable(
    mailFrom.optional(),
    "The sender of every letter: `Name <address@example.com>`. Without a carrier letters wait in the operator's outbox.",
  ),
  GOOGLE_CLIENT_ID: variable(word.optional(), "Sign-in with Google: the client's id."),
  GOOGLE_CLIENT_SECRET: variable(word.optional(), "Sign-in with Google: the client's secret.", { secret: true }),
  GITHUB_CLIENT_ID: variable(word.optional(), "Sign-in with GitHub: the OAuth app's client id."),
  GITHUB_CLIENT_SECRET: variable(word.optional(), "Sign-in with GitHub: the OAuth app's client secret.", { secret: true }),
  OIDC_ISSUER: variable(
    z.url({ protocol: /^https?$/ }).optional(),
    "Sign-in with any OpenID Connect issuer: its address, as its discovery document says it.",
  ),
  OIDC_CLIENT_ID: variable(word.optional(), "Sign-in with that issuer: the client's id."),
  OIDC_CLIENT_SECRET: variable(word.optional(), "Sign-in with that issuer: the client's secret.", { secret: true }),
  OIDC_NAME: variable(
    word.max(40).optional(),
    "Sign-in with that issuer: what its button calls it, for example the company's name.",
  ),
  DELEGATION_SECRETS: variable(
    DelegationSecrets.optional(),
    "Back ends that may call agents for your people: `source=secret`, comma separated, the newest first. Several of one source count at once.",
    { secret: true },
  ),
  STRIPE_SECRET_KEY: variable(
    StripeSecretKey.optional(),
    "Billing: Stripe's secret or restricted key. Unset: billing is off, plans are given by the operator.",
    { secret: true },
  ),
  STRIPE_WEBHOOK_SECRETS: variable(
    StripeWebhookSecrets.optional(),
    "Billing: the secrets of the webhook endpoint, comma separated; during a rotation the old and the new one.",
    { secret: true },
  ),
  STRIPE_PRICES: variable(
    StripePrices.optional(),
    "Billing: which price means which plan, `starter:month:usd=price_…`, comma separated. The first of a kind is offered, all are honoured.",
  ),
  STRIPE_AUTOMATIC_TAX: variable(flag.default(false), "Billing: let Stripe Tax add the tax at checkout.", { byDefault: "false" }),
  STRIPE_PROMOTION_CODES: variable(flag.default(false), "Billing: take promotion codes at checkout.", { byDefault: "false" }),
  BILLING_GRACE_DAYS: variable(
    z.coerce.number().int().min(0).max(90).default(14),
    "Billing: days that a plan lasts after a payment failed.",
    { byDefault: "14" },
  ),
  STRIPE_API_URL: variable(
    z.url({ protocol: /^https?$/ }).optional(),
    "Tests only: a stand-in for Stripe. Refused in production.",
  ),
} as const;

export type ConfigVariable = keyof typeof configVariables;

export const ConfigValues = z.object(
  Object.fromEntries(Object.entries(configVariables).map(([name, entry]) => [name, entry.schema])) as {
    [Name in ConfigVariable]: (typeof configVariables)[Name]["schema"];
  },
);
export type ConfigValues = z.infer<typeof ConfigValues>;

/** Variables that mean something together only: all of `all`, with one of `oneOf` where it is given, or none of them; `optional` needs `all`. */
export type ConfigGroup = {
  all: readonly ConfigVariable[];
  oneOf?: readonly ConfigVariable[];
  optional?: readonly ConfigVariable[];
};

export const configGroups: readonly ConfigGroup[] = [
  { all: ["MAIL_FROM"], oneOf: ["SMTP_URL", "RESEND_API_KEY"] },
  { all: ["AWS_KMS_ACCESS_KEY_ID", "AWS_KMS_SECRET_ACCESS_KEY"] },
  { all: ["CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN"], optional: ["CLOUDFLARE_DISPATCH_NAMESPACE"] },
  {
    all: ["AGENTCORE_REGION", "AGENTCORE_ROLE_ARN", "AGENTCORE_BUCKET"],
    optional: ["AGENTCORE_TOOLS_ROLE_ARN", "AGENTCORE_ACCESS_KEY_ID", "AGENTCORE_SECRET_ACCESS_KEY"],
  },
  { all: ["AGENTCORE_ACCESS_KEY_ID", "AGENTCORE_SECRET_ACCESS_KEY"] },
  { all: ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"] },
  { all: ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"] },
  { all: ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "STRIPE_PRICES"] },
  { all: ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME"] },
];
