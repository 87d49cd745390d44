// Brings the whole product up on this machine, watches it, and takes it down in the opposite order.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { hostBeyondDrainMs, hostDrainMs } from "~/runtime/contract/host-stop";
import { ensureBuilt } from "./build";
import { type ProgramName, programFile } from "./build-programs";
import { choosePort } from "./choose-port";
import type { Environment } from "./environment";
import { holdLock, isLock } from "./hold-lock";
import { keepAlive } from "./keep-alive";
import { migrateDatabase } from "./migrate-database";
import { ensurePostgres } from "./postgres";
import { prepareDataDirectory } from "./prepare-data-directory";
import { LaunchProblem } from "./problem";
import { endLeftovers, openProcessRecord } from "./process-record";
import { programEnvironment, type Surroundings } from "./program-environment";
import { rotateLog } from "./program-log";
import type { LaunchSettings } from "./read-settings";
import { ensureRedis } from "./redis";
import { prepareRunDirectory } from "./run-directory";
import { type KeptSecrets, keepSecrets } from "./secrets";
import { say, showStep } from "./show-step";
import { Supervisor } from "./supervisor";
import type { UndoStack } from "./undo-stack";

export type Product = {
  surroundings: Surroundings;
  kept: KeptSecrets;
  programs: Supervisor[];
};

export type LaunchOptions = {
  settings: LaunchSettings;
  mode: "production" | "development";
  /** Everything that is started puts its undoing here, so that a stop in the middle of a start leaves nothing. */
  undo: UndoStack;
  /** Something broke for good while the product ran. */
  onFailure: (problem: unknown) => void;
};

/** Milliseconds in which a program finishes its streams and jobs after a stop: more than the web process takes when nothing ends by itself. */
export const drainMs = 35_000;

const connectionsMax = 100;
const logWatchMs = 60_000;

/** Throws {@link LaunchProblem}; whoever calls runs `undo` then, and at every other end. */
export async function launchProduct(options: LaunchOptions): Promise<Product> {
  const dataDir = prepareDataDirectory(options.settings.dataDir);
  const settings = { ...options.settings, dataDir };
  takeLauncherLock(dataDir, options.undo);
  const recordFile = path.join(dataDir, "processes.json");
  await showStep("Ending what an earlier start left behind", () => endLeftovers(recordFile));
  const port = await choosePort(settings.host, settings.port);
  const kept = keepSecrets(dataDir, process.env);
  const runDirectory = prepareRunDirectory(dataDir);
  const [servers] = await Promise.all([startServers(settings, runDirectory, options), ensureBuilt()]);
  await showStep("Migrating the database", () => migrateDatabase(servers.databaseUrl));
  const surroundings = { settings, secrets: kept.secrets, port, ...servers, runDirectory, mode: options.mode };
  const programs = await showStep("Starting web, worker and agent host", () => startPrograms(surroundings, recordFile, options));
  return { surroundings, kept, programs };
}

function takeLauncherLock(dataDir: string, undo: UndoStack): void {
  const lock = holdLock(path.join(dataDir, "launcher.lock"));
  if (!isLock(lock))
    throw new LaunchProblem(
      `${dataDir} is in use by another start (process ${lock.pid}): use that one, stop it (kill ${lock.pid}), or set DATA_DIR to another directory.`,
    );
  undo.push(async () => lock.release());
}

async function startServers(settings: LaunchSettings, runDirectory: string, options: LaunchOptions) {
  const { dataDir, databaseUrl, redisUrl } = settings;
  const findPostgres = () =>
    ensurePostgres({ directory: path.join(dataDir, "postgres"), databaseUrl, durable: true, connectionsMax });
  const findRedis = () =>
    ensureRedis({
      directory: path.join(dataDir, "redis"),
      runDirectory,
      redisUrl,
      durable: true,
      cacheDirectory: path.resolve(".cache"),
      progress: (line) => say(`  ${line} …`),
    });
  const [postgres, redis] = await Promise.all([
    showStep("Starting PostgreSQL", () => keepAlive("PostgreSQL", findPostgres, options)),
    showStep("Starting Redis", () => keepAlive("Redis", findRedis, options)),
  ]);
  return { databaseUrl: postgres.url, redisUrl: redis.url };
}

/** Whatever ends it sooner takes calls, reports and lines along. */
export function graceMsOf(program: ProgramName, env: Environment): number {
  if (program !== "agent-host") return drainMs;
  return (Number(env["AGENT_DRAIN_MS"]) || hostDrainMs) + hostBeyondDrainMs;
}

async function startPrograms(surroundings: Surroundings, recordFile: string, options: LaunchOptions): Promise<Supervisor[]> {
  const logs = path.join(surroundings.settings.dataDir, "logs");
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const record = openProcessRecord(recordFile);
  // Stopped in the opposite order: first nobody new comes in, last the agents go.
  const names: ProgramName[] = ["agent-host", "worker", "web"];
  const programs = names.map((program) => {
    const logFile = path.join(logs, `${program}.log`);
    const supervisor = new Supervisor({
      program,
      file: programFile(program),
      // Somebody works on the pages: the web process looks for a newer build before each.
      words: program === "web" && options.mode === "development" ? ["--watch-build"] : [],
      env: programEnvironment(program, surroundings, process.env),
      logFile,
      onStart: (mark) => record.set(program, mark),
      onDeath: (sentence) => say(`${sentence}; see ${logFile}`),
      onGiveUp: options.onFailure,
    });
    options.undo.push(() => supervisor.stop(graceMsOf(program, process.env)));
    return supervisor;
  });
  const watching = setInterval(() => {
    for (const program of names) rotateLog(path.join(logs, `${program}.log`));
  }, logWatchMs);
  options.undo.push(async () => clearInterval(watching));
  await Promise.all(programs.map((program) => program.start()));
  return programs;
}
