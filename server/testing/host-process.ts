// The agent host as a program in a process of its own, over a folder that outlives it, with a stand-in for the house.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { createEmbeddedProvider } from "~/server/providers/embedded/embedded-provider";
import type { Provider } from "~/server/providers/provider";
import { startTestHouse, type TestHouse } from "./agent-host";

export type HostGround = {
  directory: string;
  /** Where the host listens. */
  socketPath: string;
  house: TestHouse;
  provider: Provider;
  run(env?: Record<string, string>): ChildProcess;
  /** Resolves when it is ready. */
  start(env?: Record<string, string>): Promise<ChildProcess>;
  /** Kills whatever still runs. */
  close(): Promise<void>;
};

/** Bundled as the product's own build does it; answers how to remove it again. */
export async function buildHostProgram(): Promise<{ file: string; remove(): Promise<void> }> {
  const file = resolve(".cache", `agent-host-${process.pid}.mjs`);
  await build({
    entryPoints: ["runtime/agent-host/main.ts"],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "silent",
  });
  return { file, remove: () => rm(file, { force: true }) };
}

export async function openHostGround(program: string): Promise<HostGround> {
  const directory = await mkdtemp(join(tmpdir(), "whs-host-"));
  const token = randomBytes(32).toString("hex");
  const house = await startTestHouse(directory, token);
  const socketPath = join(directory, "host.sock");
  const running: ChildProcess[] = [];
  const run = (env: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [program], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: {
        NODE_ENV: "production",
        PATH: String(process.env["PATH"]),
        DATA_DIR: directory,
        AGENT_HOST_TOKEN: token,
        AGENT_HOST_SOCKET: socketPath,
        CONTROL_SOCKET: house.socketPath,
        ...env,
      },
    });
    running.push(child);
    return child;
  };
  return {
    directory,
    socketPath,
    house,
    provider: createEmbeddedProvider({ socketPath, token }),
    run,
    async start(env) {
      const child = run(env);
      await new Promise((ready, fail) => {
        child.once("message", ready);
        child.once("exit", (code) => fail(new Error(`exit ${code}`)));
      });
      return child;
    },
    async close() {
      for (const child of running) child.kill("SIGKILL");
      await house.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Its exit code, and what it said on standard error from now on. */
export function endOf(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((done) => child.once("close", (code) => done({ code, errors })));
}
