// Packages of Debian or Ubuntu, downloaded and unpacked into a folder without installing anything; works without root.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { LaunchProblem } from "./problem";
import { type CommandResult, runCommand } from "./run-command";

export type FetchRequest = {
  packageName: string;
  /** An existing directory that receives the unpacked tree. */
  directory: string;
};

const aptTimeoutMs = 180_000;

/** Fetches a package with whatever it needs that this machine lacks. Throws {@link LaunchProblem} when apt-get cannot. */
export async function fetchDebianPackages(request: FetchRequest): Promise<void> {
  const workshop = path.join(request.directory, "apt");
  for (const name of ["lists/partial", "cache/archives/partial", "debs"]) {
    mkdirSync(path.join(workshop, name), { recursive: true });
  }
  const options = aptOptions(workshop);
  await apt([...options, "update"], workshop);
  const names = await listNeeded(options, request.packageName, workshop);
  await apt([...options, "download", ...names], path.join(workshop, "debs"));
  for (const file of readdirSync(path.join(workshop, "debs"))) {
    const unpacked = await runCommand("dpkg-deb", ["-x", path.join(workshop, "debs", file), request.directory], {
      timeoutMs: 60_000,
    });
    if (unpacked.code !== 0) throw new LaunchProblem(`The package ${file} could not be unpacked: ${lastLine(unpacked)}`);
  }
  rmSync(workshop, { recursive: true, force: true });
}

/** Our own lists and cache, so that neither root nor a lock of the system's is needed. */
function aptOptions(workshop: string): string[] {
  const settings = [
    `Dir::State::lists=${workshop}/lists`,
    `Dir::Cache=${workshop}/cache`,
    "APT::Sandbox::User=",
    "Acquire::Retries=2",
    "Acquire::http::Timeout=20",
    "Acquire::Languages=none",
  ];
  return settings.flatMap((setting) => ["-o", setting]);
}

/** A simulated installation names exactly what is missing here. */
async function listNeeded(options: string[], packageName: string, cwd: string): Promise<string[]> {
  const simulated = await apt([...options, "--simulate", "--no-install-recommends", "install", packageName], cwd);
  const names = [...simulated.stdout.matchAll(/^Inst (\S+)/gm)].map((match) => String(match[1]));
  return names.includes(packageName) ? names : [...names, packageName];
}

async function apt(args: string[], cwd: string): Promise<CommandResult> {
  const result = await runCommand("apt-get", ["-q", ...args], {
    cwd,
    timeoutMs: aptTimeoutMs,
    env: { ...process.env, LC_ALL: "C" },
  });
  if (result.code === 0) return result;
  throw new LaunchProblem(
    `apt-get could not fetch what is missing (${lastLine(result)}): check the network, or install redis-server yourself, or set REDIS_URL.`,
  );
}

function lastLine(result: CommandResult): string {
  return result.stderr.trim().split("\n").at(-1) || `exit code ${result.code}`;
}
