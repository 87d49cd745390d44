// What the environment asks of this start, judged before anything is touched.
import { randomBytes } from "node:crypto";
import path from "node:path";
import { type Config, ConfigError, readConfig } from "~/server/config";
import type { Environment } from "./environment";
import { LaunchProblem } from "./problem";
import { secretNames } from "./secrets";

export type LaunchSettings = {
  /** Absolute. */
  dataDir: string;
  host: string;
  /** 0: any free one. */
  port: number;
  /** Set by PUBLIC_URL; null: loopback with the port that is listened on. */
  publicUrl: string | null;
  isProduction: boolean;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
};

const neededInProduction = ["DATABASE_URL", "REDIS_URL", ...secretNames] as const;

/** Throws {@link LaunchProblem} that lists every problem at once. */
export function readSettings(env: Environment): LaunchSettings {
  const config = judge(env);
  if (config.isProduction) assertProductionReady(env);
  return {
    dataDir: path.resolve(config.dataDir),
    host: config.host,
    port: config.port,
    publicUrl: env["PUBLIC_URL"] ? config.publicUrl.origin : null,
    isProduction: config.isProduction,
    databaseUrl: env["DATABASE_URL"] || undefined,
    redisUrl: env["REDIS_URL"] || undefined,
  };
}

/** What the launcher will bring itself is filled in with stand-ins, so that only the person's own words are judged. */
function judge(env: Environment): Config {
  const secrets = Object.fromEntries(secretNames.map((name) => [name, env[name] || randomBytes(32).toString("hex")]));
  try {
    const servers = { DATABASE_URL: env["DATABASE_URL"] || "embedded", REDIS_URL: env["REDIS_URL"] || "embedded" };
    const filled: Environment = { ...env, ...servers, ...secrets };
    return readConfig(filled as NodeJS.ProcessEnv);
  } catch (error) {
    if (error instanceof ConfigError) throw new LaunchProblem(error.message, { cause: error });
    throw error;
  }
}

function assertProductionReady(env: Environment): void {
  const missing = neededInProduction.filter((name) => !env[name]);
  if (missing.length === 0) return;
  throw new LaunchProblem(
    `PUBLIC_URL is ${env["PUBLIC_URL"]}, so this is production, which brings its own servers and secrets: set ${missing.join(", ")} (a secret: openssl rand -hex 32), or unset PUBLIC_URL to try things out on this machine.`,
  );
}
