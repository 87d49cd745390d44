// The embedded database cluster on disk: made once, atomically, with a password of its own.
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findFreePort } from "./free-port";
import type { PostgresBinaries } from "./postgres-binaries";
import { asPostgres, assertPostgresIdentity, choosePostgresIdentity, type PostgresIdentity } from "./postgres-identity";
import { LaunchProblem } from "./problem";
import { runCommand } from "./run-command";

export type Cluster = {
  /** PGDATA. */
  data: string;
  logFile: string;
  settings: ClusterSettings;
};

export type ClusterSettings = { port: number; password: string; identity: PostgresIdentity };

export const clusterUser = "whs";
export const clusterDatabase = "whs";

/** Opens the cluster in `directory`, or makes it; a crash half-way leaves nothing that looks finished. */
export async function prepareCluster(directory: string, binaries: PostgresBinaries, durable: boolean): Promise<Cluster> {
  // Another user may have to pass through on the way to its data; what lies here itself is readable by us alone.
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  const data = path.join(directory, "data");
  const saved = readSettings(directory);
  if (saved && existsSync(path.join(data, "PG_VERSION"))) {
    assertPostgresIdentity(saved.identity, binaries.postgres, directory);
    return { data, logFile: path.join(directory, "postgres.log"), settings: saved };
  }
  if (existsSync(path.join(data, "PG_VERSION")))
    throw new LaunchProblem(
      `${settingsFile(directory)} is missing or broken, so the password of the database beside it is not known: restore that file, or move ${directory} away to begin anew.`,
    );
  const settings: ClusterSettings = {
    port: (await findFreePort("127.0.0.1")) ?? 0,
    password: randomBytes(24).toString("base64url"),
    identity: choosePostgresIdentity(binaries.postgres, directory),
  };
  const cluster = { data, logFile: path.join(directory, "postgres.log"), settings };
  await initialise(cluster, directory, binaries.initdb, durable);
  return cluster;
}

/** Keeps a changed port for the next start. */
export function saveSettings(cluster: Cluster): void {
  const file = settingsFile(path.dirname(cluster.data));
  writeFileSync(`${file}.new`, JSON.stringify(cluster.settings), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Connection address of one database of the cluster. */
export function clusterUrl(settings: ClusterSettings, database: string): string {
  return `postgres://${clusterUser}:${settings.password}@127.0.0.1:${settings.port}/${database}`;
}

async function initialise(cluster: Cluster, directory: string, initdb: string, durable: boolean): Promise<void> {
  const unfinished = path.join(directory, "data.unfinished");
  const passwordFile = path.join(directory, "password.once");
  const { identity, password } = cluster.settings;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity.kind === "user") for (const file of [unfinished, passwordFile]) chownSync(file, identity.uid, identity.gid);
  const { command, args, options } = asPostgres(identity, initdb, [
    `--pgdata=${unfinished}`,
    `--username=${clusterUser}`,
    `--pwfile=${passwordFile}`,
    ..."--auth=scram-sha-256 --encoding=UTF8 --locale=C --locale-provider=icu --icu-locale=und --data-checksums".split(" "),
    ...(durable ? [] : ["--no-sync"]),
  ]);
  const made = await runCommand(command, args, { ...options, cwd: "/", timeoutMs: 120_000 });
  rmSync(passwordFile, { force: true });
  if (made.code !== 0) {
    const reason = made.stderr.trim().split("\n").slice(-3).join(" ");
    throw new LaunchProblem(`The embedded PostgreSQL could not be set up in ${directory}: ${reason}`);
  }
  // Settings first: a directory `data` with PG_VERSION always has its password beside it.
  saveSettings(cluster);
  renameSync(unfinished, cluster.data);
}

function settingsFile(directory: string): string {
  return path.join(directory, "embedded.json");
}

function readSettings(directory: string): ClusterSettings | null {
  try {
    return JSON.parse(readFileSync(settingsFile(directory), "utf8")) as ClusterSettings;
  } catch {
    return null;
  }
}
