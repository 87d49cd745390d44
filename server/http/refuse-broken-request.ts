// What is not even HTTP gets an answer too: the envelope, and a closed connection.

import type { Socket } from "node:net";
import type { ConnectionError } from "fastify";
import { AppError, toEnvelope } from "~/server/errors";
import { newId } from "~/server/ids";

/** For the other side to read why; whoever then still holds on to the connection loses it. */
const lingerMs = 1_000;

const tooLarge = { status: "431 Request Header Fields Too Large", message: "The headers are larger than 16 KiB." };
const tooSlow = { status: "408 Request Timeout", message: "The request did not arrive in time." };
const broken = { status: "400 Bad Request", message: "This is not a well-formed HTTP request." };

/** Node's `clientError`: the parser gave up, so there is no request to answer through. */
export function refuseBrokenRequest(error: ConnectionError, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, message } = answerFor(error.code);
  const traceId = newId("trace");
  const body = JSON.stringify(toEnvelope(new AppError("INVALID_REQUEST", message), traceId));
  const head = [
    `HTTP/1.1 ${status}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-trace-id: ${traceId}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  // Node looks after it no longer: half closed, it would stay open for as long as the other side likes.
  const linger = setTimeout(() => socket.destroy(), lingerMs);
  socket.once("close", () => clearTimeout(linger));
}

function answerFor(code: string): { status: string; message: string } {
  if (code === "HPE_HEADER_OVERFLOW") return tooLarge;
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return tooSlow;
  return broken;
}
