// PostgreSQL for one machine: the one behind DATABASE_URL, or the embedded one, adopted when it already runs.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { assertPostgresUsable } from "./check-postgres";
import { findFreePort } from "./free-port";
import { type PostgresBinaries, preparePostgresBinaries } from "./postgres-binaries";
import { type Cluster, clusterDatabase, clusterUrl, prepareCluster, saveSettings } from "./postgres-cluster";
import { asPostgres } from "./postgres-identity";
import { LaunchProblem } from "./problem";
import { commandLineOf, markOf, type ProcessMark, pidsWorkingIn } from "./process-mark";
import { stopProcess } from "./stop-process";

export type PostgresOptions = {
  /** Where the embedded cluster lives. */
  directory: string;
  /** DATABASE_URL: when given, it is used and never replaced. */
  databaseUrl?: string | undefined;
  /** false only for throw-away databases: nothing is forced to disk. */
  durable: boolean;
  connectionsMax: number;
};

export type RunningPostgres = {
  url: string;
  /** The embedded server's process; null behind DATABASE_URL. */
  process: ProcessMark | null;
  /** It was already running. */
  wasAdopted: boolean;
  /** Stops the embedded server; leaves a server behind DATABASE_URL alone. */
  stop(): Promise<void>;
};

const startTriesMax = 40;
const readyWithinMs = 60_000;

/** Finds or starts PostgreSQL and makes sure that its database exists. Throws {@link LaunchProblem}. */
export async function ensurePostgres(options: PostgresOptions): Promise<RunningPostgres> {
  if (options.databaseUrl) {
    await assertPostgresUsable(options.databaseUrl);
    return { url: options.databaseUrl, process: null, wasAdopted: true, stop: async () => {} };
  }
  const binaries = preparePostgresBinaries();
  const cluster = await prepareCluster(options.directory, binaries, options.durable);
  const orphan = findPostmaster(cluster);
  const mark = orphan && (await isReady(cluster, orphan)) ? orphan : await start(cluster, binaries, options);
  await ensureDatabase(cluster);
  return {
    url: clusterUrl(cluster.settings, clusterDatabase),
    process: mark,
    wasAdopted: mark === orphan,
    stop: async () => {
      await stopProcess(mark, { signal: "SIGINT", graceMs: 30_000 });
    },
  };
}

function findPostmaster(cluster: Cluster): ProcessMark | null {
  const recorded = markOf(recordedPid(cluster) ?? 0);
  if (recorded && isPostmaster(recorded.pid, cluster)) return recorded;
  const unrecorded = pidsWorkingIn(cluster.data).find((pid) => isPostmaster(pid, cluster));
  return unrecorded === undefined ? null : markOf(unrecorded);
}

/** Its child processes are titled `postgres: …` and do not name the directory. */
function isPostmaster(pid: number, cluster: Cluster): boolean {
  return commandLineOf(pid).includes(`-D ${cluster.data}`);
}

function recordedPid(cluster: Cluster): number | null {
  try {
    return Number(readFileSync(path.join(cluster.data, "postmaster.pid"), "utf8").split("\n")[0]);
  } catch {
    return null;
  }
}

async function start(cluster: Cluster, binaries: PostgresBinaries, options: PostgresOptions): Promise<ProcessMark> {
  await clearLeftovers(cluster);
  for (let tries = 0; tries < startTriesMax; tries++) {
    const attempt = await startOnce(cluster, binaries.postgres, options);
    if (typeof attempt !== "string") return attempt;
    if (/Address already in use|could not create any TCP\/IP sockets/.test(attempt)) await moveToFreePort(cluster);
    else if (/shared memory block .* is still in use|lock file .* already exists|starting up/.test(attempt)) await pause(250);
    else
      throw new LaunchProblem(`PostgreSQL did not start: ${attempt.split("\n").slice(-3).join(" ")} (see ${cluster.logFile}).`);
  }
  throw new LaunchProblem(`PostgreSQL did not start after ${startTriesMax} tries; see ${cluster.logFile}.`);
}

/** Answers the running process, or what the server wrote before it gave up. */
async function startOnce(cluster: Cluster, binary: string, options: PostgresOptions): Promise<ProcessMark | string> {
  const { command, args, options: identity } = asPostgres(cluster.settings.identity, binary, serverArguments(cluster, options));
  const log = openSync(cluster.logFile, "a", 0o600);
  const logStart = statSync(cluster.logFile).size;
  // Detached, so that Ctrl-C reaches only the launcher, which stops its servers last.
  const env = serverEnvironment();
  const child = spawn(command, args, { ...identity, env, cwd: "/", stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  let failure: string | null = null;
  child.once("error", (error) => (failure = error.message));
  child.once("exit", () => (failure ??= ""));
  child.unref();
  const mark = child.pid === undefined ? null : markOf(child.pid);
  const isUp = mark !== null && (await isReady(cluster, mark));
  if (isUp) return mark;
  if (mark) await stopProcess(mark, { signal: "SIGQUIT", graceMs: 5_000 });
  return `${failure ?? ""}${readFileSync(cluster.logFile, "utf8").slice(logStart)}`.trim();
}

/** What a server needs of the system, and nothing of the platform's credentials: it outlives the launcher. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const { NODE_ENV = "production", PATH, HOME, LANG, TZ, TMPDIR, LD_LIBRARY_PATH } = process.env;
  const known = { NODE_ENV, PATH, HOME, LANG, TZ, TMPDIR, LD_LIBRARY_PATH };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as NodeJS.ProcessEnv;
}

function serverArguments(cluster: Cluster, options: PostgresOptions): string[] {
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: String(options.connectionsMax),
    shared_buffers: "128MB",
    wal_compression: "on",
    log_min_messages: "warning",
    ...(options.durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_wal_size: "256MB" }),
  };
  const pairs = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return ["-D", cluster.data, "-p", String(cluster.settings.port), ...pairs];
}

/** A killed server's children end by themselves within moments; only then may its pid file go (zombie, or a reused pid). */
async function clearLeftovers(cluster: Cluster): Promise<void> {
  for (let tries = 0; tries < 100 && pidsWorkingIn(cluster.data).length > 0; tries++) await pause(100);
  const pid = recordedPid(cluster);
  const isForeign = pid !== null && !isPostmaster(pid, cluster) && pidsWorkingIn(cluster.data).length === 0;
  if (isForeign) rmSync(path.join(cluster.data, "postmaster.pid"), { force: true });
}

async function moveToFreePort(cluster: Cluster): Promise<void> {
  const port = await findFreePort("127.0.0.1");
  if (port === null) throw new LaunchProblem("There is no free port on 127.0.0.1 for the embedded PostgreSQL.");
  cluster.settings.port = port;
  saveSettings(cluster);
}

/** Waits until the server answers; false when it ended or somebody else answers on its port. */
async function isReady(cluster: Cluster, mark: ProcessMark): Promise<boolean> {
  const end = Date.now() + readyWithinMs;
  while (Date.now() < end) {
    if (markOf(mark.pid)?.startedAt !== mark.startedAt) return false;
    if (await withAdmin(cluster, async () => true).catch(() => false)) return true;
    await pause(20);
  }
  return false;
}

async function ensureDatabase(cluster: Cluster): Promise<void> {
  await withAdmin(cluster, async (client) => {
    const found = await client.query("select from pg_database where datname = $1", [clusterDatabase]);
    if (found.rowCount === 0) await client.query(`create database ${clusterDatabase}`);
  });
}

async function withAdmin<T>(cluster: Cluster, act: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: clusterUrl(cluster.settings, "postgres"), connectionTimeoutMillis: 2_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return await act(client);
  } finally {
    await client.end();
  }
}
