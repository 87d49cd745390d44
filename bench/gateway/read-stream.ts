// Reads one stream as it comes: when each event arrived after it was sent, in how many chunks, and the digest of its bytes.
import { createHash } from "node:crypto";
import type { Dispatcher, Pool } from "undici";

export type StreamTarget = { path: string; headers: Record<string, string>; body: string };
export type StreamRead = { delaysMs: number[]; chunks: number; events: number; digest: string };

export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1_000_000;
}

/** Rejects when the answer is not 200 or breaks off. `leaveAfter`: so many chunks are read, then the connection is closed. */
export function readStream(pool: Pool, target: StreamTarget, leaveAfter = Number.POSITIVE_INFINITY): Promise<StreamRead> {
  const read: StreamRead = { delaysMs: [], chunks: 0, events: 0, digest: "" };
  const digest = createHash("sha256");
  let status = 0;
  let hasLeft = false;
  return new Promise((resolve, reject) => {
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, code) => {
        status = code;
      },
      onResponseData: (controller, chunk) => {
        const at = nowMs();
        const text = chunk.toString("utf8");
        if (status !== 200) return reject(new Error(`${target.path} answered ${status}: ${text.slice(0, 300)}`));
        digest.update(chunk);
        read.chunks += 1;
        read.events += text.split("\n\n").length - 1;
        for (const [, sentAt] of text.matchAll(/"text":"([\d.]+)"/g)) read.delaysMs.push(at - Number(sentAt));
        if (read.chunks < leaveAfter) return;
        hasLeft = true;
        controller.abort(new Error("Read enough."));
        resolve(read);
      },
      onResponseEnd: () => resolve({ ...read, digest: digest.digest("hex") }),
      onResponseError: (_controller, error) => {
        if (!hasLeft) reject(error);
      },
    };
    pool.dispatch({ method: "POST", ...target }, handler);
  });
}
