// Where a Redis server comes from: PATH, else the distribution's packages unpacked without installation, else Homebrew.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { fetchDebianPackages } from "./debian-packages";
import type { Environment } from "./environment";
import { findProgram } from "./find-program";
import { LaunchProblem } from "./problem";
import { runCommand } from "./run-command";

export type RedisProgram = { command: string; env: Environment };

export type RedisProgramOptions = {
  /** Where fetched packages are kept for later starts. */
  cacheDirectory: string;
  progress: (line: string) => void;
};

const mend = "install it (Debian: apt-get install redis-server, macOS: brew install redis), or set REDIS_URL.";

/** Finds or fetches a server that runs here. Throws {@link LaunchProblem} with the mend. */
export async function findRedisProgram(options: RedisProgramOptions): Promise<RedisProgram> {
  const installed = findProgram("redis-server", "valkey-server");
  if (installed) return { command: installed, env: { PATH: process.env["PATH"] } };
  if (findProgram("apt-get") && findProgram("dpkg-deb")) return findFetched(options);
  const brew = findProgram("brew");
  if (brew) return installWithBrew(brew, options);
  throw new LaunchProblem(`There is no redis-server on this machine: ${mend}`);
}

async function findFetched(options: RedisProgramOptions): Promise<RedisProgram> {
  const machine = createHash("sha256")
    .update(`${process.arch} ${await releaseName()}`)
    .digest("hex")
    .slice(0, 12);
  const directory = path.join(options.cacheDirectory, `redis-${machine}`);
  if (await runs(programIn(directory))) return programIn(directory);
  options.progress("Fetching Redis (unpacked beside the project, nothing is installed)");
  const unfinished = `${directory}.${process.pid}`;
  try {
    mkdirSync(unfinished, { recursive: true });
    await fetchDebianPackages({ packageName: "redis-server", directory: unfinished });
    if (!(await runs(programIn(unfinished)))) throw new LaunchProblem(`The fetched redis-server does not run here: ${mend}`);
    rmSync(directory, { recursive: true, force: true });
    renameSync(unfinished, directory);
  } catch (error) {
    // Another start may have finished the same fetch first.
    if (!(await runs(programIn(directory)))) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return programIn(directory);
}

async function releaseName(): Promise<string> {
  return (await runCommand("cat", ["/etc/os-release"], { timeoutMs: 5_000 })).stdout;
}

function programIn(directory: string): RedisProgram {
  const lib = path.join(directory, "usr/lib");
  const triplets = existsSync(lib) ? readdirSync(lib).filter((name) => name.includes("-linux-gnu")) : [];
  const libraries = [lib, ...triplets.map((name) => path.join(lib, name))].join(":");
  return {
    command: path.join(directory, "usr/bin/redis-server"),
    env: { PATH: process.env["PATH"], LD_LIBRARY_PATH: libraries },
  };
}

async function runs(program: RedisProgram): Promise<boolean> {
  if (!existsSync(program.command)) return false;
  return (await runCommand(program.command, ["--version"], { env: program.env, timeoutMs: 10_000 })).code === 0;
}

async function installWithBrew(brew: string, options: RedisProgramOptions): Promise<RedisProgram> {
  options.progress("Installing Redis with Homebrew");
  const installed = await runCommand(brew, ["install", "redis"], { timeoutMs: 600_000 });
  const command = findProgram("redis-server");
  if (installed.code === 0 && command) return { command, env: { PATH: process.env["PATH"] } };
  throw new LaunchProblem(`Homebrew could not install Redis: ${mend}`);
}
