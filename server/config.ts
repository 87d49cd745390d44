// The only reader of process.env: the table of config-variables.ts, read once, every problem listed at boot.
import { type AgentCoreConfig, agentCoreOf } from "./config-agentcore";
import { type BillingConfig, billingOf } from "./config-billing";
import { type CloudflareConfig, cloudflareOf } from "./config-cloudflare";
import type { DelegationSecret } from "./config-delegation";
import { githubPlaces, groupProblems, type MailConfig, mailOf, type SignInConfig, signInOf, slackHosts } from "./config-groups";
import { type KeyEncryptionConfig, keyEncryptionOf, weakKeyProblems } from "./config-keys";
import { type ErrorReportsConfig, errorReportsOf, type MetricsConfig, metricsOf } from "./config-metrics";
import { type TracingConfig, tracingOf } from "./config-tracing";
import { ConfigValues, configVariables } from "./config-variables";
import { inputIssues } from "./input-issues";
import { isLoopbackUrl } from "./loopback-url";
import { type Network, publicNetwork } from "./net/network";

export type Config = {
  /** What this installation calls itself: its database is bound to the name, and what it makes at a runtime carries it (MISSION D5). */
  environment: string;
  publicUrl: URL;
  /** PUBLIC_URL is not loopback: HTTPS and real secrets are demanded. */
  isProduction: boolean;
  host: string;
  port: number;
  dataDir: string;
  databaseUrl: string;
  databaseConnections: number;
  /** Of what one process gathers of answers, on all runtimes together. */
  heldAnswersBytesMax: number;
  redisUrl: string;
  keyEncryption: KeyEncryptionConfig;
  telemetryRootKey: Buffer;
  telemetryFormerRootKeys: Buffer[];
  telemetryOverlapMs: number;
  sessionSecret: Buffer;
  agentHostToken: string;
  auditSigningKey: Buffer;
  /** Public keys, in hexadecimal. */
  auditFormerKeys: string[];
  agentHostSocket: string;
  controlSocket: string;
  trustedProxy: string[];
  /** Normalised; they operate the platform once proven. */
  superAdminEmails: string[];
  metrics: MetricsConfig;
  tracing: TracingConfig;
  errorReports: ErrorReportsConfig;
  logLevel: "debug" | "info" | "warn" | "error";
  egressAllowLoopback: boolean;
  /** Started by `npm run dev`: a person watches the log, which may then say more than is good elsewhere. */
  isDevelopment: boolean;
  mail: MailConfig;
  /** Empty: nobody calls for others. */
  delegation: DelegationSecret[];
  /** Null: billing is off. */
  billing: BillingConfig | null;
  signIn: SignInConfig;
  /** Null: this installation does not offer Cloudflare. */
  cloudflare: CloudflareConfig | null;
  /** Null: this installation does not offer AgentCore. */
  agentCore: AgentCoreConfig | null;
  /** No variable moves these three: only tests build a configuration with stand-ins in their places. */
  github: { web: URL; archive: URL };
  slackHosts: readonly string[];
  network: Network;
};

/** All problems at once, each with its mend; thrown before anything has started. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(
      `The configuration has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${problems.map((line) => `  - ${line}`).join("\n")}`,
    );
    this.name = "ConfigError";
  }
}

/** Reads and judges the environment. Throws {@link ConfigError}. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = ConfigValues.safeParse(present);
  if (!parsed.success) {
    throw new ConfigError(
      inputIssues(parsed.error).map(({ path, message }) => `${path}: ${message.replace(/\.?$/, ".")} ${describe(path)}`),
    );
  }
  const values = parsed.data;
  const publicUrl = new URL(values.PUBLIC_URL ?? `http://127.0.0.1:${values.PORT}`);
  const isProduction = !isLoopbackUrl(publicUrl);
  const problems = [
    ...groupProblems(values),
    ...foreignKeyProblems(values),
    ...(isProduction ? productionProblems(values, publicUrl) : []),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return toConfig(values, { publicUrl, isProduction, isDevelopment: !isProduction && env.NODE_ENV === "development" });
}

/** The values of all secret variables, each entry of a list by itself: what no log, error or record may say (MISSION F6, F7). */
export function readSecretValues(env: NodeJS.ProcessEnv = process.env): string[] {
  const secrets = Object.entries(configVariables).filter(([, { secret }]) => secret);
  return secrets
    .flatMap(([name]) => [env[name] ?? "", ...(env[name] ?? "").split(",").flatMap(entryAndValue)])
    .map((value) => value.trim());
}

/** An entry may be `name=value`: then what is secret is the value, which others say without the name. */
function entryAndValue(entry: string): string[] {
  const [, value] = /^\s*[\w.-]+=(.{8,})$/.exec(entry) ?? [];
  return value === undefined ? [entry] : [entry, value];
}

function toConfig(values: ConfigValues, start: Pick<Config, "publicUrl" | "isProduction" | "isDevelopment">): Config {
  return {
    ...start,
    environment: values.ENVIRONMENT_NAME,
    host: values.HOST,
    port: values.PORT,
    dataDir: values.DATA_DIR,
    databaseUrl: values.DATABASE_URL,
    databaseConnections: values.DATABASE_CONNECTIONS,
    heldAnswersBytesMax: values.HELD_ANSWERS_MB * 1024 * 1024,
    redisUrl: values.REDIS_URL,
    keyEncryption: keyEncryptionOf(values),
    telemetryRootKey: Buffer.from(values.TELEMETRY_ROOT_KEY, "hex"),
    telemetryFormerRootKeys: (values.TELEMETRY_FORMER_ROOT_KEYS ?? []).map((key) => Buffer.from(key, "hex")),
    telemetryOverlapMs: values.TELEMETRY_OVERLAP_MINUTES * 60_000,
    sessionSecret: Buffer.from(values.SESSION_SECRET, "hex"),
    agentHostToken: values.AGENT_HOST_TOKEN,
    auditSigningKey: Buffer.from(values.AUDIT_SIGNING_KEY, "hex"),
    auditFormerKeys: values.AUDIT_FORMER_KEYS ?? [],
    agentHostSocket: values.AGENT_HOST_SOCKET ?? `${values.DATA_DIR}/run/agent-host.sock`,
    controlSocket: values.CONTROL_SOCKET ?? `${values.DATA_DIR}/run/control.sock`,
    trustedProxy: values.TRUSTED_PROXY?.split(",").map((entry) => entry.trim()) ?? [],
    superAdminEmails: values.SUPER_ADMIN_EMAILS ?? [],
    metrics: metricsOf(values),
    tracing: tracingOf(values),
    errorReports: errorReportsOf(values),
    logLevel: values.LOG_LEVEL,
    egressAllowLoopback: values.EGRESS_ALLOW_LOOPBACK,
    mail: mailOf(values),
    delegation: values.DELEGATION_SECRETS ?? [],
    billing: billingOf(values),
    signIn: signInOf(values),
    cloudflare: cloudflareOf(values),
    agentCore: agentCoreOf(values),
    github: githubPlaces,
    slackHosts,
    network: publicNetwork,
  };
}

/** Keys that say whose they are open nothing for another environment (MISSION D5). */
function foreignKeyProblems({ KEYS_ENVIRONMENT: theirs, ENVIRONMENT_NAME: ours }: ConfigValues): string[] {
  if (theirs === undefined || theirs === ours) return [];
  return [
    `KEYS_ENVIRONMENT says that the secret variables are those of "${theirs}", but ENVIRONMENT_NAME is ${ours}. Start with this environment's own secrets.`,
  ];
}

function productionProblems(values: ConfigValues, publicUrl: URL): string[] {
  const problems: string[] = [];
  if (publicUrl.protocol !== "https:")
    problems.push(`PUBLIC_URL is ${publicUrl.origin}; outside loopback it must begin with https://.`);
  if (values.OIDC_ISSUER?.startsWith("http://")) problems.push("OIDC_ISSUER begins with http://; it must begin with https://.");
  if (values.STRIPE_API_URL) problems.push("STRIPE_API_URL is for tests; unset it.");
  if (values.ENVIRONMENT_NAME === "local" && (values.CLOUDFLARE_ACCOUNT_ID || values.AGENTCORE_REGION))
    problems.push("ENVIRONMENT_NAME is not set; name this installation before it shares a provider's account with another.");
  if (values.EGRESS_ALLOW_LOOPBACK) problems.push("EGRESS_ALLOW_LOOPBACK is for tests; unset it.");
  if (values.AWS_KMS_ENDPOINT?.startsWith("http://"))
    problems.push("AWS_KMS_ENDPOINT begins with http://; it must begin with https://.");
  return [...problems, ...weakKeyProblems(values)];
}

function describe(name: string): string {
  return name in configVariables ? configVariables[name as keyof typeof configVariables].description : "";
}
