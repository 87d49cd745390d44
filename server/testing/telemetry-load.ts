// Sends prepared reports from a thread of its own, so that who measures a door does not measure the sender with it.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import type { PreparedReport } from "./telemetry-door";

type Load = { url: string; clients: number; reports: PreparedReport[] };
type Loaded = { ms: number } | { problem: string };

export type LoadThread = {
  /** Milliseconds until the last one was durable; rejects when any was answered with another status than 202. */
  send(load: Load): Promise<number>;
  close(): Promise<void>;
};

/** `program`: a file that calls `serveLoadThread` first of all, and does nothing else when that answers true. */
export function openLoadThread(program: URL): LoadThread {
  const worker = new Worker(program);
  return {
    send: (load) =>
      new Promise((resolve, reject) => {
        worker.once("error", reject);
        worker.once("message", (loaded: Loaded) => {
          worker.off("error", reject);
          if ("ms" in loaded) resolve(loaded.ms);
          else reject(new Error(loaded.problem));
        });
        worker.postMessage(load);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}

/** True: this is such a thread, and it now serves. */
export function serveLoadThread(): boolean {
  if (isMainThread || !parentPort) return false;
  const port = parentPort;
  port.on("message", (load: Load) => {
    sendAll(load).then(
      (ms) => port.postMessage({ ms } satisfies Loaded),
      (error: unknown) => port.postMessage({ problem: String(error) } satisfies Loaded),
    );
  });
  return true;
}

/** Over connections that are open before the clock runs, as runtimes keep theirs; each sends its next report once the last was answered. */
async function sendAll({ url, clients, reports }: Load): Promise<number> {
  const { hostname: host, port } = new URL(url);
  const written = reports.map((report) => toBytes(host, report));
  const sockets = await Promise.all(
    Array.from({ length: clients }, async () => {
      const socket = connect({ host, port: Number(port), noDelay: true });
      await once(socket, "connect");
      return socket;
    }),
  );
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(sockets.map((socket) => converse(socket, () => written[next++])));
  const ms = performance.now() - startedAt;
  for (const socket of sockets) socket.destroy();
  return ms;
}

/** With a client of its own, which knows these answers only: what a full one costs is missing on the machine's cores. */
function converse(socket: Socket, takeNext: () => Buffer | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const ask = () => {
      const request = takeNext();
      if (request) socket.write(request);
      else resolve();
    };
    let seen = "";
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the door hung up")));
    socket.on("data", (piece: Buffer) => {
      seen += piece.toString("latin1");
      const status = statusOf(seen);
      if (status === null) return;
      seen = "";
      if (status === 202) ask();
      else reject(new Error(`the door answered ${status}`));
    });
    ask();
  });
}

/** Null while the answer is not whole. */
function statusOf(answer: string): number | null {
  const bodyAt = answer.indexOf("\r\n\r\n") + 4;
  if (bodyAt < 4) return null;
  const lengthAt = answer.indexOf("content-length: ") + 16;
  const bytes = Number.parseInt(answer.slice(lengthAt, lengthAt + 8), 10);
  return answer.length < bodyAt + bytes ? null : Number(answer.slice(9, 12));
}

function toBytes(host: string, { path, headers, body }: PreparedReport): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${lines.join("")}\r\n`;
  return Buffer.from(head + body);
}
