// A configuration for tests: loopback, random keys, everything on disk under one temporary directory.
import { randomBytes } from "node:crypto";
import path from "node:path";
import type { Config } from "~/server/config";
import { githubPlaces, slackHosts } from "~/server/config-groups";
import type { KeyEncryptionConfig } from "~/server/config-keys";

export type TestConfigPlaces = { databaseUrl: string; redisUrl: string; dataDir: string };

export function createTestConfig(places: TestConfigPlaces, overrides: Partial<Config> = {}): Config {
  return {
    environment: "test",
    publicUrl: new URL("http://127.0.0.1:3000"),
    isProduction: false,
    host: "127.0.0.1",
    port: 0,
    databaseConnections: 10,
    heldAnswersBytesMax: 512 * 1024 * 1024,
    keyEncryption: testKeyEncryption(),
    telemetryRootKey: randomBytes(32),
    telemetryFormerRootKeys: [],
    telemetryOverlapMs: 24 * 60 * 60_000,
    sessionSecret: randomBytes(32),
    agentHostToken: randomBytes(32).toString("hex"),
    auditSigningKey: randomBytes(32),
    auditFormerKeys: [],
    agentHostSocket: path.join(places.dataDir, "host.sock"),
    controlSocket: path.join(places.dataDir, "ctl.sock"),
    trustedProxy: [],
    superAdminEmails: [],
    errorReports: { dsn: null, release: null },
    metrics: { token: null, workerPort: null, otlp: false },
    tracing: { collector: null, sampler: { ratio: 1, heedsCaller: true }, serviceName: null, resource: {}, credentials: [] },
    logLevel: "warn",
    egressAllowLoopback: false,
    isDevelopment: false,
    mail: { carrier: "outbox" },
    delegation: [],
    billing: null,
    signIn: { google: null, github: null, oidc: null },
    cloudflare: null,
    agentCore: null,
    github: githubPlaces,
    slackHosts,
    // No test asks the world: where one needs a host, it brings its own.
    network: { allowLoopback: false, resolve: async () => [] },
    ...places,
    ...overrides,
  };
}

/** The first key is the primary; without any, a random one. */
export function testKeyEncryption(primary: Buffer = randomBytes(32), ...former: Buffer[]): KeyEncryptionConfig {
  const local = (key: Buffer) => ({ kind: "local" as const, key });
  return { primary: local(primary), former: former.map(local), awsKms: { credentials: null, endpoint: null } };
}
