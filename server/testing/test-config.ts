// A configuration for tests: loopback, random keys, everything on disk under one temporary directory.
import { randomBytes } from "node:crypto";
import path from "node:path";
import type { Config } from "~/server/config";

export type TestConfigPlaces = { databaseUrl: string; redisUrl: string; dataDir: string };

export function createTestConfig(places: TestConfigPlaces, overrides: Partial<Config> = {}): Config {
  return {
    publicUrl: new URL("http://127.0.0.1:3000"),
    isProduction: false,
    host: "127.0.0.1",
    port: 0,
    databaseConnections: 10,
    keyEncryptionKey: randomBytes(32),
    telemetryRootKey: randomBytes(32),
    sessionSecret: randomBytes(32),
    agentHostToken: randomBytes(32).toString("hex"),
    auditSigningKey: randomBytes(32),
    auditFormerKeys: [],
    agentHostSocket: path.join(places.dataDir, "host.sock"),
    controlSocket: path.join(places.dataDir, "ctl.sock"),
    trustedProxy: [],
    superAdminEmails: [],
    logLevel: "warn",
    egressAllowLoopback: false,
    isDevelopment: false,
    mail: { carrier: "outbox" },
    billing: null,
    signIn: { google: null, github: null, oidc: null },
    ...places,
    ...overrides,
  };
}
