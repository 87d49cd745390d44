// What each program gets to know: the house its whole configuration, the agent host only its own few words.
import path from "node:path";
import { configVariables } from "~/server/config-variables";
import type { ProgramName } from "./build-programs";
import type { Environment } from "./environment";
import type { LaunchSettings } from "./read-settings";
import type { Secrets } from "./secrets";

export type Surroundings = {
  settings: LaunchSettings;
  secrets: Secrets;
  port: number;
  databaseUrl: string;
  redisUrl: string;
  runDirectory: string;
  mode: "production" | "development";
};

/** Node's and the system's own variables that any program may need. */
const fromSystem = ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS"];

/** It runs beside customers' code: neither database nor queue nor key-encryption key (docs/architecture.md). */
const forAgentHost = [
  "AGENT_HOST_TOKEN",
  "AGENT_HOST_SOCKET",
  "AGENT_IDLE_MS",
  "AGENT_HANG_MS",
  "AGENT_START_MS",
  "AGENT_DRAIN_MS",
  "AGENT_STATE_MB",
  "AGENT_STATE_WATCH_MS",
  "AGENT_EGRESS_MB_PER_MINUTE",
  "STREAM_GRACE_MS",
  "STREAM_LOGS_MB",
  "CONTROL_SOCKET",
  "UV_THREADPOOL_SIZE",
  "DATA_DIR",
  "EGRESS_ALLOW_LOOPBACK",
  "LOG_LEVEL",
  "PATH",
];

export function programEnvironment(program: ProgramName, surroundings: Surroundings, env: Environment): Environment {
  const names = program === "agent-host" ? forAgentHost : [...fromSystem, ...Object.keys(configVariables)];
  const all = { ...hurried(surroundings), ...env, ...decided(surroundings) };
  const known = names.flatMap((name) => (all[name] === undefined || all[name] === "" ? [] : [[name, all[name]]]));
  return { ...Object.fromEntries(known), NODE_ENV: surroundings.mode };
}

/** Whoever works on the code waits for each restart: calls in flight are told that they end after a second (`server/main.ts` does the same). */
function hurried({ mode }: Surroundings): Environment {
  return mode === "development" ? { AGENT_DRAIN_MS: "1000" } : {};
}

/** The address people use. */
export function publicUrlOf({ settings, port }: Pick<Surroundings, "settings" | "port">): string {
  return settings.publicUrl ?? `http://127.0.0.1:${port}`;
}

function decided(surroundings: Surroundings): Record<string, string> {
  const { settings, port, databaseUrl, redisUrl, runDirectory } = surroundings;
  return {
    PUBLIC_URL: publicUrlOf(surroundings),
    HOST: settings.host,
    PORT: String(port),
    DATA_DIR: settings.dataDir,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    AGENT_HOST_SOCKET: path.join(runDirectory, "agent-host.sock"),
    CONTROL_SOCKET: path.join(runDirectory, "control.sock"),
    // Node's four threads look up the names of all agents' requests: one agent's slow names must not stop the others.
    UV_THREADPOOL_SIZE: "32",
    ...surroundings.secrets,
  };
}
