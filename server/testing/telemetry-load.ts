// Sends prepared reports from a thread of its own, so that who measures a door does not measure the sender with it.
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { Pool } from "undici";
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

async function sendAll({ url, clients, reports }: Load): Promise<number> {
  const pool = new Pool(url, { connections: clients });
  let next = 0;
  const client = async () => {
    for (let report = reports[next++]; report; report = reports[next++]) {
      const status = await post(pool, report);
      if (status !== 202) throw new Error(`the door answered ${status}`);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  const ms = performance.now() - startedAt;
  await pool.close();
  return ms;
}

/** By `dispatch`: what the sender costs is missing on the machine's cores. */
function post(pool: Pool, { path, headers, body }: PreparedReport): Promise<number> {
  return new Promise((resolve, reject) => {
    let status = 0;
    pool.dispatch(
      { method: "POST", path, headers, body },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, statusCode) => {
          status = statusCode;
        },
        onResponseData: () => undefined,
        onResponseEnd: () => resolve(status),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}
