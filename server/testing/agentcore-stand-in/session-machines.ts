// A machine per session, as at AgentCore: the uploaded zip unpacked and run by Node in a process of its own, with the version's variables.

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { request } from "undici";
import type { Version } from "./control-plane";
import type { LogGroups } from "./log-groups";
import { VendorError } from "./vendor-error";

type Machine = { port: number; process: ChildProcess; directory: string; calls: number };

export type SessionMachines = {
  /** The port of the session's process, which answers and prints into `group`; released when the call is over. */
  enter(session: string, version: Version, group: string): Promise<{ port: number; release(): void }>;
  stop(session: string): boolean;
  stopAll(): Promise<void>;
};

/** The vendor takes idle machines away after a while; here the oldest idle one goes when there are many. */
const machinesMax = 10;
const startMs = 15_000;

export function createSessionMachines(logs: LogGroups): SessionMachines {
  const machines = new Map<string, Promise<Machine>>();
  const idle = new Set<string>();
  const ending = new Set<Promise<void>>();

  function start(session: string, version: Version, group: string): Promise<Machine> {
    const stream = `2026/11/22/[runtime-logs]${randomUUID()}`;
    logs.write(group, "otel-rt-logs", '{"body":"a line of the vendor"}');
    const machine = startMachine(version, (text) => logs.write(group, stream, text));
    machines.set(session, machine);
    machine.then(
      ({ process }) => process.once("exit", () => machines.get(session) === machine && forget(session)),
      () => forget(session),
    );
    const [oldest] = idle;
    if (machines.size > machinesMax && oldest !== undefined) stop(oldest);
    return machine;
  }

  function forget(session: string): void {
    machines.delete(session);
    idle.delete(session);
  }

  function stop(session: string): boolean {
    const machine = machines.get(session);
    forget(session);
    if (machine === undefined) return false;
    const ended = machine
      .then(endMachine, () => undefined) // it never started
      .finally(() => ending.delete(ended));
    ending.add(ended);
    return true;
  }

  return {
    stop,
    async enter(session, version, group) {
      const machine = await (machines.get(session) ?? start(session, version, group));
      machine.calls += 1;
      idle.delete(session);
      const release = () => {
        machine.calls -= 1;
        if (machine.calls === 0 && machines.has(session)) idle.add(session);
      };
      return { port: machine.port, release };
    },
    async stopAll() {
      const all = await Promise.allSettled([...machines.values()]);
      machines.clear();
      idle.clear();
      const running = all.map((outcome) => (outcome.status === "fulfilled" ? endMachine(outcome.value) : undefined));
      await Promise.all([...running, ...ending]);
    },
  };
}

async function startMachine(version: Version, print: (text: string) => void): Promise<Machine> {
  const directory = await mkdtemp(join(tmpdir(), "whs-agentcore-"));
  for (const [path, contents] of Object.entries(unzipSync(version.code))) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), contents);
  }
  const port = await freePort();
  const child = spawn(process.execPath, [version.entryPoint], {
    cwd: directory,
    env: { ...version.variables, WHS_PORT: String(port), NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => print(chunk.toString("utf8")));
  const machine = { port, process: child, directory, calls: 0 };
  try {
    await untilHealthy(machine);
    return machine;
  } catch (thrown) {
    await endMachine(machine);
    throw thrown;
  }
}

async function untilHealthy({ port, process }: Machine): Promise<void> {
  const endsAt = performance.now() + startMs;
  while (performance.now() < endsAt) {
    if (process.exitCode !== null || process.signalCode !== null) break;
    const answer = await request(`http://127.0.0.1:${port}/ping`, { headersTimeout: 1_000 }).catch(() => null); // not listening yet
    const said = answer && ((await answer.body.json()) as { status?: string; time_of_last_update?: number });
    if (said && /^Healthy(Busy)?$/.test(said.status ?? "") && Number.isInteger(said.time_of_last_update)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new VendorError("RuntimeClientError", "the process does not answer its ping");
}

async function endMachine({ process, directory }: Machine): Promise<void> {
  if (process.exitCode === null && process.signalCode === null) {
    const ended = new Promise((resolve) => process.once("exit", resolve));
    process.kill("SIGKILL");
    await ended;
  }
  await rm(directory, { recursive: true, force: true });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
