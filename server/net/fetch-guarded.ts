// The house's one way to ask a host that others had a part in naming: https, public addresses, no redirects, in time, and capped.
import type { IncomingHttpHeaders } from "node:http";
import { Agent, request as ask } from "undici";
import { guardedConnector } from "./guarded-connector";
import { GuardedFetchError, toGuardedFetchError } from "./guarded-fetch-error";
import type { Network } from "./network";

export type GuardedRequest = {
  method?: "GET" | "HEAD" | "POST";
  /** With `POST`. */
  body?: string;
  headers?: Record<string, string>;
  /** Origins that may be asked; others are refused before anything is looked up. */
  origins: readonly string[];
  /** From the first packet to the last byte of the body. */
  timeoutMs: number;
  /** Silence before the head of the answer, and between two pieces of its body. */
  idleMs: number;
  /** Of the body, as it comes over the wire. */
  bytesMax: number;
};

export type GuardedAnswer = {
  /** A redirect is an answer like any other: whoever follows it asks again, and is checked again. */
  status: number;
  headers: IncomingHttpHeaders;
  /** Readable once. Throws {@link GuardedFetchError} when it breaks off, takes too long or grows too large. */
  body: AsyncIterable<Uint8Array>;
  /** Call it when done, also without reading: it ends the connection. */
  close(): Promise<void>;
};

const headBytesMax = 16 * 1024;

/** Rejects with {@link GuardedFetchError} (MISSION I4, T7). Each request has a connection of its own, so each is checked anew. */
export async function fetchGuarded(network: Network, url: URL, request: GuardedRequest): Promise<GuardedAnswer> {
  assertAddressable(url, request.origins);
  const agent = new Agent({ connect: guardedConnector(network), connections: 1, maxHeaderSize: headBytesMax });
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const close = () => agent.destroy();
  try {
    const answer = await ask(url, {
      dispatcher: agent,
      method: request.method ?? "GET",
      ...(request.body === undefined ? {} : { body: request.body }),
      headers: { "accept-encoding": "identity", "user-agent": "webhost.systems", ...request.headers },
      headersTimeout: request.idleMs,
      bodyTimeout: request.idleMs,
      signal: deadline,
    });
    const body = capped(answer.body, { bytesMax: request.bytesMax, deadline });
    return { status: answer.statusCode, headers: answer.headers, body, close };
  } catch (thrown) {
    await close();
    throw toGuardedFetchError(thrown, deadline);
  }
}

function assertAddressable(url: URL, origins: readonly string[]): void {
  const isPlain = url.protocol === "https:" && url.username === "" && url.password === "";
  if (isPlain && origins.includes(url.origin)) return;
  throw new GuardedFetchError("url_refused", `Only ${origins.join(" and ")} may be asked here.`);
}

async function* capped(
  body: AsyncIterable<Uint8Array>,
  { bytesMax, deadline }: { bytesMax: number; deadline: AbortSignal },
): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  try {
    for await (const piece of body) {
      sizeBytes += piece.length;
      if (sizeBytes > bytesMax) throw new GuardedFetchError("too_large", `The answer is larger than ${bytesMax} bytes.`);
      yield piece;
    }
  } catch (thrown) {
    throw toGuardedFetchError(thrown, deadline);
  }
}
