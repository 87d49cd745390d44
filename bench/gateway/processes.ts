// Programs that a measurement starts beside itself: each says where it listens, and how much processor time it has used.
import { type ChildProcess, fork, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import net from "node:net";

export type Running<Word> = {
  word: Word;
  pid: number;
  /** What it says after its first word. */
  hear(listener: (word: unknown) => void): void;
  stop(): Promise<void>;
};

/** Of Linux; the kernel's own unit of time in /proc. */
const ticksPerSecond = 100;
const readyWithinMs = 30_000;

/** Resolves with the program's first message. */
export function startProgram<Word>(file: string, words: string[], env: Record<string, string> = {}): Promise<Running<Word>> {
  const child = fork(file, words, {
    env: { PATH: process.env["PATH"], NODE_ENV: "production", ...env },
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${file} did not become ready.`)), readyWithinMs);
    child.once("exit", (code) => reject(new Error(`${file} ended with code ${code}.`)));
    child.once("message", (word) => {
      clearTimeout(timer);
      resolve({
        word: word as Word,
        pid: child.pid ?? 0,
        hear: (listener) => child.on("message", listener),
        stop: () => stop(child),
      });
    });
  });
}

/** A program that says nothing: ready when `isReady` stops throwing. */
export async function startServer(command: string, words: string[], isReady: () => Promise<unknown>): Promise<Running<null>> {
  const child = spawn(command, words, {
    env: { PATH: process.env["PATH"], NODE_ENV: "production" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  const end = Date.now() + readyWithinMs;
  for (;;) {
    const isUp = await isReady().then(
      () => true,
      () => false,
    );
    if (isUp) return { word: null, pid: child.pid ?? 0, hear: () => undefined, stop: () => stop(child) };
    if (child.exitCode !== null || Date.now() > end) {
      child.kill("SIGKILL");
      throw new Error(`${command} did not start: ${Buffer.concat(said).toString().slice(-1_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Resolves when somebody listens there. */
export function connects(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}

/** User and system time of the whole process so far, all of its threads. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill("SIGKILL"), 10_000);
    child.once("exit", () => {
      clearTimeout(force);
      resolve();
    });
    child.kill("SIGTERM");
  });
}
