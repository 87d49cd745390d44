// From node's request to the web's Request, for Remix and tRPC: counted body, true origin, aborted when the client goes away.
import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "~/server/errors";
import { isSameLoopback } from "./assert-same-origin";

export type ConvertedRequest = {
  request: Request;
  /** The body went over its cap while it was read; whatever the handler answered is then beside the point. */
  isTooLarge: () => boolean;
};

/** Methods that the web's Request knows and refuses. */
const unspeakable = new Set(["CONNECT", "TRACE", "TRACK"]);

/**
 * The origin comes from us: the client's Host and forwarding headers are not handed on. Throws `PAYLOAD_TOO_LARGE` at once
 * when the declared length is over `bodyBytesMax`.
 */
export function toRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
  options: { origin: string; bodyBytesMax: number },
): ConvertedRequest {
  const path = incoming.url ?? "/";
  if (!path.startsWith("/")) throw new AppError("INVALID_REQUEST", "Ask for a path that begins with a slash.");
  if (Number(incoming.headers["content-length"] ?? 0) > options.bodyBytesMax) throw tooLarge(options.bodyBytesMax);
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  const method = incoming.method ?? "GET";
  if (unspeakable.has(method)) throw new AppError("INVALID_REQUEST", `The method ${method} is not answered here.`);
  const headers = headersOf(incoming, options.origin);
  if (method === "GET" || method === "HEAD") {
    return { request: new Request(options.origin + path, { method, headers, signal: gone.signal }), isTooLarge: () => false };
  }
  const body = countedBody(incoming, options.bodyBytesMax);
  const init: RequestInit & { duplex: "half" } = { method, headers, signal: gone.signal, body: body.stream, duplex: "half" };
  return { request: new Request(options.origin + path, init), isTooLarge: body.isTooLarge };
}

function headersOf(incoming: IncomingMessage, origin: string): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (name === "host" || name === "connection" || name === "forwarded" || name.startsWith("x-forwarded-")) continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) headers.append(name, one);
    }
  }
  headers.set("host", new URL(origin).host);
  // Remix compares the two by letter; passkeys, for one, bring people to this machine's other name.
  const said = headers.get("origin");
  if (said && isSameLoopback(origin, said)) headers.set("origin", origin);
  return headers;
}

/** Read only as fast as it is asked for, and no further than the cap. */
function countedBody(incoming: IncomingMessage, bytesMax: number) {
  const chunks: AsyncIterator<Buffer> = incoming.iterator({ destroyOnReturn: false });
  let received = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await chunks.next();
        if (next.done) return controller.close();
        received += next.value.length;
        if (received > bytesMax) throw tooLarge(bytesMax);
        controller.enqueue(next.value);
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, isTooLarge: () => received > bytesMax };
}

function tooLarge(bytesMax: number): AppError {
  return new AppError("PAYLOAD_TOO_LARGE", `The body is larger than ${bytesMax} bytes, which is the most this address accepts.`);
}
