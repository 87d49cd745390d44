// Starts one workerd in its sandbox: configuration by a descriptor without a name, empty environment, ready when all its sockets listen.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, fchownSync, ftruncateSync, openSync, unlinkSync, writeSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { type DirectoryHandle, inheritedPath } from "./directory-handle";
import type { Sandbox } from "./sandbox";
import { type WorkerdPaths, workerdSockets } from "./workerd-config";

/** What the child finds where; 0 to 2 are the usual ones. */
const descriptors = { control: 3, config: 4, run: 5, state: 6, binary: 7 } as const;

/** Types of some packages demand names in an environment; this one has none. */
const nothing = {} as NodeJS.ProcessEnv;

/** Memory that workerd asks for and hardly touches; RLIMIT_DATA counts it. */
const baselineDataMb = 600;

/** A third of the weight of a process at 0. */
const agentNiceness = 5;

export type WorkerdLaunch = {
  sandbox: Sandbox;
  binary: string;
  uid: number | null;
  memoryMb: number;
  run: { handle: DirectoryHandle; path: string };
  state: { handle: DirectoryHandle; path: string };
  /** Given the paths as the child sees them. */
  config(paths: WorkerdPaths): string;
};

export type SpawnedWorkerd = { child: ChildProcess; listening: Promise<void>; forgetConfig(): void };

export function spawnWorkerd(launch: WorkerdLaunch): SpawnedWorkerd {
  const paths = {
    run: inheritedPath(descriptors.run, launch.run.path),
    state: inheritedPath(descriptors.state, launch.state.path),
  };
  const config = writeNameless(launch.run.path, launch.config(paths), launch.uid);
  const binary = openSync(launch.binary, constants.O_RDONLY);
  try {
    const { argv, spawnIds } = launch.sandbox.wrap({ uid: launch.uid, dataMb: baselineDataMb + launch.memoryMb });
    const program = inheritedPath(descriptors.binary, launch.binary);
    const [command = program, ...args] = [
      ...argv,
      program,
      "serve",
      `--control-fd=${descriptors.control}`,
      `/dev/fd/${descriptors.config}`,
    ];
    const child: ChildProcess = spawn(command, args, {
      env: nothing,
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe", "pipe", config, launch.run.handle.descriptor, launch.state.handle.descriptor, binary],
      ...spawnIds,
    });
    yieldToHouse(child.pid);
    return { child, listening: untilListening(child.stdio[descriptors.control] as Readable), forgetConfig: () => forget(config) };
  } catch (thrown) {
    forget(config);
    throw thrown;
  } finally {
    closeSync(binary);
  }
}

/** Where all want the processors, whoever serves everybody goes before an agent; agents among themselves are equals. */
function yieldToHouse(pid: number | undefined): void {
  // None: it could not be started, which its own `error` says.
  if (pid !== undefined) setPriority(pid, agentNiceness);
}

/** Unlinked before the first byte is written: secrets are never in a file that has a name. */
function writeNameless(directory: string, text: string, uid: number | null): number {
  const path = join(directory, "config");
  const descriptor = openSync(path, "wx+", 0o600);
  unlinkSync(path);
  if (uid !== null) fchownSync(descriptor, uid, uid);
  const bytes = Buffer.from(text, "utf8");
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
  return descriptor;
}

function forget(descriptor: number): void {
  ftruncateSync(descriptor, 0);
  closeSync(descriptor);
}

/** workerd says `{"event":"listen","socket":…}` for each socket. Never settles when it ends before; the caller watches for that. */
function untilListening(control: Readable): Promise<void> {
  const missing = new Set<string>(Object.keys(workerdSockets));
  return new Promise((resolve) => {
    let text = "";
    control.setEncoding("utf8");
    control.on("error", () => undefined);
    control.on("data", (chunk: string) => {
      text += chunk;
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) missing.delete((JSON.parse(line) as { socket?: string }).socket ?? "");
      if (missing.size === 0) resolve();
    });
  });
}
