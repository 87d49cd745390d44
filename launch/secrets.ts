// The installation's own secrets: made once, kept in one file that only its owner can read.
import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import path from "node:path";
import type { Environment } from "./environment";
import { LaunchProblem } from "./problem";

export const secretNames = [
  "KEY_ENCRYPTION_KEY",
  "TELEMETRY_ROOT_KEY",
  "SESSION_SECRET",
  "AGENT_HOST_TOKEN",
  "AUDIT_SIGNING_KEY",
] as const;
export type SecretName = (typeof secretNames)[number];

/** Where former ones stand, comma separated, until nothing hangs on them; a secret without a line here has none. */
export const formerNames = {
  KEY_ENCRYPTION_KEY: "KEY_ENCRYPTION_FORMER_KEYS",
  TELEMETRY_ROOT_KEY: "TELEMETRY_FORMER_ROOT_KEYS",
  AUDIT_SIGNING_KEY: "AUDIT_FORMER_KEYS",
} as const satisfies Partial<Record<SecretName, string>>;
type FormerName = (typeof formerNames)[keyof typeof formerNames];

export type Secrets = Record<SecretName, string> & Partial<Record<FormerName, string>>;

export type KeptSecrets = { secrets: Secrets; file: string; wereMade: boolean };

/** What the environment gives wins; the rest is read from, or made into, `secrets.env` under the data directory. */
export function keepSecrets(dataDir: string, env: Environment): KeptSecrets {
  const file = secretsFile(dataDir);
  const kept = existsSync(file) ? readSecrets(file) : {};
  const missing = secretNames.filter((name) => !env[name] && !kept[name]);
  if (missing.includes("KEY_ENCRYPTION_KEY")) assertNothingSealed(dataDir, file);
  const all = { ...kept };
  for (const name of missing) all[name] = randomBytes(32).toString("hex");
  if (missing.length > 0) writeSecrets(file, all);
  if (existsSync(file)) chmodSync(file, 0o600);
  const chosen = allNames.flatMap((name) => (env[name] || all[name] ? [[name, env[name] || all[name]]] : []));
  return { secrets: Object.fromEntries(chosen) as Secrets, file, wereMade: missing.length > 0 };
}

export function secretsFile(dataDir: string): string {
  return path.join(dataDir, "secrets.env");
}

/** A fresh key beside an old database would look like it works, and open nothing. */
function assertNothingSealed(dataDir: string, file: string): void {
  if (!existsSync(path.join(dataDir, "postgres", "data", "PG_VERSION"))) return;
  throw new LaunchProblem(
    `${file} is missing, but the database beside it holds secrets that only its KEY_ENCRYPTION_KEY opens: restore that file from your backup, or move ${dataDir} away to begin anew.`,
  );
}

const allNames = [...secretNames, ...Object.values(formerNames)];

export function readSecrets(file: string): Partial<Secrets> {
  const lines = readFileSync(file, "utf8").split("\n");
  const pairs = lines.flatMap((line) => {
    const [, name, value] = /^([A-Z_]+)=([0-9a-f]{64}(?:,[0-9a-f]{64})*)$/.exec(line.trim()) ?? [];
    return name && value ? [[name, value]] : [];
  });
  return Object.fromEntries(pairs) as Partial<Secrets>;
}

/** On disk before anything is sealed under them. */
export function writeSecrets(file: string, secrets: Partial<Secrets>): void {
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}`);
  const text = `# Secrets of this installation. Back this file up; whoever has it can open every stored secret.\n${lines.join("\n")}\n`;
  const handle = openSync(`${file}.new`, "w", 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(`${file}.new`, file);
}
