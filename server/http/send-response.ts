// From the web's Response to node's: back-pressure kept, the source cancelled when the client goes away, streams ended on drain.
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as WebReadableStream } from "node:stream/web";
import { createGzip, constants as zlib } from "node:zlib";

export type SendOptions = {
  isHead: boolean;
  closing: AbortSignal;
  /** The client reads gzip: pages go out compressed. Nothing else does, so that no API answer can be guessed by its length. */
  acceptsGzip: boolean;
};

/**
 * Resolves when the answer is out, or when nobody is there to read it. An event stream is ended as soon as `closing` is
 * aborted: the browser reconnects, and finds another process.
 */
export async function sendResponse(target: ServerResponse, response: Response, options: SendOptions): Promise<void> {
  target.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name === "set-cookie") target.appendHeader(name, value);
    else target.setHeader(name, value);
  }
  if (!response.body || options.isHead) {
    await response.body?.cancel();
    target.end();
    return;
  }
  if (options.acceptsGzip && isPage(response)) return pourCompressed(response.body, target);
  target.flushHeaders();
  const isEventStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  await pour(response.body, target, isEventStream ? options.closing : null);
}

function isPage(response: Response): boolean {
  return /^text\/(html|x-script)/.test(response.headers.get("content-type") ?? "");
}

/** Flushed with every piece, so that a page still appears as it becomes ready. */
async function pourCompressed(body: ReadableStream<Uint8Array>, target: ServerResponse): Promise<void> {
  target.removeHeader("content-length");
  target.setHeader("content-encoding", "gzip");
  target.appendHeader("vary", "accept-encoding");
  const source = Readable.fromWeb(body as WebReadableStream);
  try {
    await pipeline(source, createGzip({ level: 5, flush: zlib.Z_SYNC_FLUSH }), target);
  } catch {
    // The reader left, or the page broke after its head was out: there is nobody to tell, or no way.
    target.destroy();
  }
}

async function pour(body: ReadableStream<Uint8Array>, target: ServerResponse, closing: AbortSignal | null): Promise<void> {
  const reader = body.getReader();
  // A source that fails while it is being cancelled has nobody left to tell.
  const stop = () => void reader.cancel().catch(() => undefined);
  target.once("close", stop);
  closing?.addEventListener("abort", stop, { once: true });
  try {
    if (closing?.aborted) stop();
    for (let next = await reader.read(); !next.done && !target.destroyed; next = await reader.read()) {
      if (!target.write(next.value)) await drained(target);
    }
    target.end();
  } catch {
    // The head is out already: a cut connection is the only honest end.
    target.destroy();
  } finally {
    target.off("close", stop);
    closing?.removeEventListener("abort", stop);
  }
}

async function drained(target: ServerResponse): Promise<void> {
  if (target.destroyed) return;
  const given = new AbortController();
  try {
    await Promise.race([once(target, "drain", { signal: given.signal }), once(target, "close", { signal: given.signal })]);
  } finally {
    given.abort();
  }
}
