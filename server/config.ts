// The only reader of process.env: one zod table, read once, every problem listed at boot, secrets kept apart.
import { z } from "zod";
import { inputIssues } from "./input-issues";

const variable = (schema: z.ZodType, description: string, options: { secret?: boolean; byDefault?: string } = {}) => ({
  schema,
  description,
  secret: options.secret ?? false,
  byDefault: options.byDefault ?? "",
});

const flag = z.enum(["true", "false"]).transform((text) => text === "true");
const port = z.coerce.number().int().min(0).max(65_535);
const keyHex = z.string().regex(/^[0-9a-f]{64}$/i, "must be 64 hexadecimal digits (32 random bytes)");

/** Every variable; README's configuration table is generated from here. */
export const configVariables = {
  PUBLIC_URL: variable(
    z.url().optional(),
    "The address people use. Anything but loopback means production: HTTPS and real secrets are demanded.",
    { byDefault: "http://127.0.0.1:PORT" },
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
  KEY_ENCRYPTION_KEY: variable(keyHex, "Wraps every workspace's data key. Lose it and every sealed secret is lost.", {
    secret: true,
    byDefault: "made under DATA_DIR",
  }),
  TELEMETRY_ROOT_KEY: variable(keyHex, "Telemetry keys of deployments are derived from it.", {
    secret: true,
    byDefault: "made under DATA_DIR",
  }),
  SESSION_SECRET: variable(keyHex, "Signs CSRF tokens.", { secret: true, byDefault: "made under DATA_DIR" }),
  AGENT_HOST_TOKEN: variable(keyHex, "Shared by the house and its agent hosts.", {
    secret: true,
    byDefault: "made under DATA_DIR",
  }),
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
  LOG_LEVEL: variable(z.enum(["debug", "info", "warn", "error"]).default("info"), "How much is logged.", { byDefault: "info" }),
  DATABASE_CONNECTIONS: variable(
    z.coerce.number().int().min(2).max(200).default(10),
    "Most PostgreSQL connections per process and role.",
    { byDefault: "10" },
  ),
  EGRESS_ALLOW_LOOPBACK: variable(flag.default(false), "Tests only: agents may reach 127.0.0.1. Refused in production.", {
    byDefault: "false",
  }),
} as const;

const schema = z.object(
  Object.fromEntries(Object.entries(configVariables).map(([name, entry]) => [name, entry.schema])) as {
    [Name in keyof typeof configVariables]: (typeof configVariables)[Name]["schema"];
  },
);

export type Config = {
  publicUrl: URL;
  /** PUBLIC_URL is not loopback: HTTPS and real secrets are demanded. */
  isProduction: boolean;
  host: string;
  port: number;
  dataDir: string;
  databaseUrl: string;
  databaseConnections: number;
  redisUrl: string;
  keyEncryptionKey: Buffer;
  telemetryRootKey: Buffer;
  sessionSecret: Buffer;
  agentHostToken: string;
  agentHostSocket: string;
  controlSocket: string;
  trustedProxy: string[];
  logLevel: "debug" | "info" | "warn" | "error";
  egressAllowLoopback: boolean;
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

const isLoopback = (url: URL) => ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);

function isWeakKey(hex: string): boolean {
  return new Set(hex.toLowerCase().match(/../g)).size < 12;
}

/** Reads and judges the environment. Throws {@link ConfigError}. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(present);
  if (!parsed.success) {
    throw new ConfigError(
      inputIssues(parsed.error).map(({ path, message }) => `${path}: ${message.replace(/\.?$/, ".")} ${describe(path)}`),
    );
  }
  const values = parsed.data as Record<keyof typeof configVariables, never> as RawConfig;
  const publicUrl = new URL(values.PUBLIC_URL ?? `http://127.0.0.1:${values.PORT}`);
  const config = toConfig(values, publicUrl);
  const problems = config.isProduction ? productionProblems(values, publicUrl) : [];
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

type RawConfig = {
  PUBLIC_URL?: string;
  HOST: string;
  PORT: number;
  DATA_DIR: string;
  DATABASE_URL: string;
  DATABASE_CONNECTIONS: number;
  REDIS_URL: string;
  KEY_ENCRYPTION_KEY: string;
  TELEMETRY_ROOT_KEY: string;
  SESSION_SECRET: string;
  AGENT_HOST_TOKEN: string;
  AGENT_HOST_SOCKET?: string;
  CONTROL_SOCKET?: string;
  TRUSTED_PROXY?: string;
  LOG_LEVEL: Config["logLevel"];
  EGRESS_ALLOW_LOOPBACK: boolean;
};

function toConfig(values: RawConfig, publicUrl: URL): Config {
  return {
    publicUrl,
    isProduction: !isLoopback(publicUrl),
    host: values.HOST,
    port: values.PORT,
    dataDir: values.DATA_DIR,
    databaseUrl: values.DATABASE_URL,
    databaseConnections: values.DATABASE_CONNECTIONS,
    redisUrl: values.REDIS_URL,
    keyEncryptionKey: Buffer.from(values.KEY_ENCRYPTION_KEY, "hex"),
    telemetryRootKey: Buffer.from(values.TELEMETRY_ROOT_KEY, "hex"),
    sessionSecret: Buffer.from(values.SESSION_SECRET, "hex"),
    agentHostToken: values.AGENT_HOST_TOKEN,
    agentHostSocket: values.AGENT_HOST_SOCKET ?? `${values.DATA_DIR}/run/agent-host.sock`,
    controlSocket: values.CONTROL_SOCKET ?? `${values.DATA_DIR}/run/control.sock`,
    trustedProxy: values.TRUSTED_PROXY?.split(",").map((entry) => entry.trim()) ?? [],
    logLevel: values.LOG_LEVEL,
    egressAllowLoopback: values.EGRESS_ALLOW_LOOPBACK,
  };
}

function productionProblems(values: RawConfig, publicUrl: URL): string[] {
  const problems: string[] = [];
  if (publicUrl.protocol !== "https:")
    problems.push(`PUBLIC_URL is ${publicUrl.origin}; outside loopback it must begin with https://.`);
  if (values.EGRESS_ALLOW_LOOPBACK) problems.push("EGRESS_ALLOW_LOOPBACK is for tests; unset it.");
  for (const name of ["KEY_ENCRYPTION_KEY", "TELEMETRY_ROOT_KEY", "SESSION_SECRET", "AGENT_HOST_TOKEN"] as const) {
    if (isWeakKey(values[name])) problems.push(`${name} is not random; make one with: openssl rand -hex 32`);
  }
  return problems;
}

function describe(name: string): string {
  return name in configVariables ? configVariables[name as keyof typeof configVariables].description : "";
}
