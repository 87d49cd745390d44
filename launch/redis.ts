// Redis for one machine: the one behind REDIS_URL, or a private one on a unix socket, adopted when it already runs.
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { askRedis, assertRedisUsable } from "./check-redis";
import { LaunchProblem } from "./problem";
import { commandLineOf, isRunning, markOf, type ProcessMark, pidsWorkingIn } from "./process-mark";
import { findRedisProgram, type RedisProgramOptions } from "./redis-program";
import { stopProcess } from "./stop-process";

export type RedisOptions = RedisProgramOptions & {
  /** Where the embedded server keeps its data. */
  directory: string;
  /** A short private folder for its socket. */
  runDirectory: string;
  /** REDIS_URL: when given, it is used and never replaced. */
  redisUrl?: string | undefined;
  /** false only for throw-away servers: nothing is kept. */
  durable: boolean;
};

export type RunningRedis = {
  url: string;
  /** The embedded server's process; null behind REDIS_URL. */
  process: ProcessMark | null;
  wasAdopted: boolean;
  stop(): Promise<void>;
};

const readyWithinMs = 30_000;
const databases = 128;

/** Finds or starts Redis. Throws {@link LaunchProblem}. */
export async function ensureRedis(options: RedisOptions): Promise<RunningRedis> {
  if (options.redisUrl) {
    await assertRedisUsable(options.redisUrl);
    return { url: options.redisUrl, process: null, wasAdopted: true, stop: async () => {} };
  }
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const directory = realpathSync(options.directory);
  const socket = path.join(options.runDirectory, "redis.sock");
  const orphan = await findOrphan(directory, socket);
  const mark = orphan ?? (await start(directory, socket, options));
  return {
    url: `unix://${socket}`,
    process: mark,
    wasAdopted: mark === orphan,
    stop: async () => {
      await stopProcess(mark, { signal: "SIGTERM", graceMs: 15_000 });
    },
  };
}

/** The server that still holds our files: kept when it answers on our socket, ended when nobody can reach it any more. */
async function findOrphan(directory: string, socket: string): Promise<ProcessMark | null> {
  const pid = pidsWorkingIn(directory).find((candidate) => /(redis|valkey)-server/.test(commandLineOf(candidate)));
  const answering = await pidBehind(socket);
  if (answering !== null && (pid === undefined || pid === answering)) return markOf(answering);
  const unreachable = pid === undefined ? null : markOf(pid);
  if (unreachable) await stopProcess(unreachable, { signal: "SIGTERM", graceMs: 15_000 });
  return null;
}

async function pidBehind(socket: string): Promise<number | null> {
  const info = await askRedis(`unix://${socket}`, (redis) => redis.info("server")).catch(() => "");
  const pid = /process_id:(\d+)/.exec(info)?.[1];
  return pid === undefined ? null : Number(pid);
}

async function start(directory: string, socket: string, options: RedisOptions): Promise<ProcessMark> {
  const program = await findRedisProgram(options);
  const logFile = path.join(directory, "redis.log");
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(program.command, serverArguments(directory, socket, options.durable), {
    env: program.env as NodeJS.ProcessEnv,
    cwd: directory,
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  let failure = "";
  child.once("error", (error) => (failure = error.message));
  child.unref();
  const mark = child.pid === undefined ? null : markOf(child.pid);
  const end = Date.now() + readyWithinMs;
  while (mark && isRunning(mark) && Date.now() < end) {
    if ((await pidBehind(socket)) === mark.pid) return mark;
    await pause(10);
  }
  if (mark) await stopProcess(mark, { signal: "SIGKILL", graceMs: 1_000 });
  const said = readFileSync(logFile, "utf8").trim().split("\n").slice(-2).join(" ");
  throw new LaunchProblem(`Redis did not start: ${failure || said} (see ${logFile}).`);
}

function serverArguments(directory: string, socket: string, durable: boolean): string[] {
  const settings: Record<string, string> = {
    port: "0",
    unixsocket: socket,
    unixsocketperm: "700",
    dir: directory,
    databases: String(databases),
    save: "",
    appendonly: durable ? "yes" : "no",
    "maxmemory-policy": "noeviction",
    daemonize: "no",
    pidfile: path.join(directory, "redis.pid"),
    // Started with an unusual umask or by a supervisor, it must behave the same.
    supervised: "no",
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}
