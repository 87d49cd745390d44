// Runs an uploaded script for real: one workerd process per upload, its objects on disk, reached over a unix socket.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { workerdBinary } from "~/runtime/agent-host/workerd-binary";
import { VendorRefusal } from "./vendor-answer";

export type ScriptProcess = {
  socketPath: string;
  inFlight: number;
  /** The names of all headers that ever reached it. */
  heardHeaders: Set<string>;
  /** Ends when nothing is in flight any more. */
  retire(): void;
  kill(): Promise<void>;
  isAlive(): boolean;
};

const startMsMax = 20_000;

/** Throws the vendor's refusal, with what the module said, when it does not load. */
export async function runScript(config: (socketPath: string) => string): Promise<ScriptProcess> {
  const directory = await mkdtemp(join(tmpdir(), "whs-cf-"));
  const socketPath = join(directory, "s");
  const configPath = join(directory, "config.capnp");
  await writeFile(configPath, config(socketPath), { mode: 0o600 });
  const args = ["serve", "--experimental", "--control-fd=3", configPath];
  const child = spawn(workerdBinary(), args, { stdio: ["ignore", "pipe", "pipe", "pipe"], env: {} as NodeJS.ProcessEnv });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const clean = () => rm(directory, { recursive: true, force: true });
  void ended.then(clean);
  const said = collect(child);
  const isListening = await Promise.race([untilListening(child), ended.then(() => false), expiry()]);
  if (!isListening) {
    child.kill("SIGKILL");
    await ended;
    throw new VendorRefusal(400, 10021, said().slice(0, 2_000));
  }
  return processOf(child, socketPath, ended);
}

function processOf(child: ChildProcess, socketPath: string, ended: Promise<void>): ScriptProcess {
  let isRetired = false;
  let inFlight = 0;
  const endIfIdle = () => isRetired && inFlight === 0 && child.kill("SIGKILL");
  return {
    socketPath,
    heardHeaders: new Set(),
    get inFlight() {
      return inFlight;
    },
    set inFlight(count) {
      inFlight = count;
      endIfIdle();
    },
    retire() {
      isRetired = true;
      endIfIdle();
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
  };
}

/** What a module said as it failed, in the vendor's form: without the names that workerd puts in front. */
function collect(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      if (text.length < 20_000) text += chunk;
    });
  }
  return () =>
    /service agent: (.+(?:\n\s+at .+)*)/.exec(text.replace(/^service agent: The compatibility flag .*$/gm, ""))?.[1] ?? text;
}

function untilListening(child: ChildProcess): Promise<true> {
  return new Promise((resolve) => {
    const control = child.stdio[3] as Readable;
    control.on("error", () => undefined);
    control.setEncoding("utf8").on("data", (chunk: string) => {
      if (chunk.includes('"listen"')) resolve(true);
    });
  });
}

function expiry(): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), startMsMax).unref();
  });
}
