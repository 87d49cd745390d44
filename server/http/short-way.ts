// The short way of the request that is made most: a call by a known API key, to be answered whole. It goes past Fastify, whose lifecycle
// costs as much as the rest of a bare proxy; whatever else a request is or asks for goes the long way, which knows every case.
import type { IncomingMessage, ServerResponse } from "node:http";
import { recallCaller } from "~/server/auth/authenticate-request";
import type { Principal } from "~/server/auth/principal";
import { isSigned } from "~/server/auth/signed-request";
import { traceIdFrom } from "~/server/ids";
import { callOnce, writeAnswer } from "~/server/invocations/answer-call";
import { readAttempt } from "~/server/invocations/read-attempt";
import { isTracing } from "~/server/observability/spans";
import type { RateHeaders } from "~/server/rate-limit/rate-headers";
import { errorAnswerOf } from "./answer-error";
import { awaitBody } from "./body-deadline";
import type { Door } from "./door";
import { observeRequest } from "./observe-requests";
import { securityHead } from "./security-headers";
import { type Arrival, openArrivals } from "./trusted-proxies";

const route = "/v1/invoke/:agentId";
const address = /^\/v1\/invoke\/(agt_[0-9A-HJKMNP-TV-Z]{26})$/;
const plainJson = /^application\/json(?:; ?charset=utf-8)?$/i;
const bodyBytesMax = 1024 * 1024;

/** False: nothing of it was read or answered, and it is for the long way. */
export type ShortWay = (request: IncomingMessage, response: ServerResponse) => boolean;

type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  agentId: string;
  traceId: string;
  ipAddress: string | null;
};

export function openShortWay(door: Door): ShortWay {
  const { services, closing } = door;
  const arrivalOf = openArrivals(services.config);
  return (request, response) => {
    const agentId = isPlain(request) ? (address.exec(request.url ?? "")?.[1] ?? null) : null;
    // Spans are opened there, and a server that stops says so in each of its answers.
    if (agentId === null || isTracing() || closing.aborted) return false;
    const arrival = arrivalOf(request);
    if (services.config.isProduction && !arrival.isEncrypted) return false;
    return take(door, { request, response, agentId, arrival });
  };
}

/** With an Authorization header it has no cookie's authority, so where it comes from does not matter (assert-same-origin.ts). */
function isPlain({ method, headers }: IncomingMessage): boolean {
  if (method !== "POST" || headers.authorization === undefined) return false;
  if (headers["idempotency-key"] !== undefined || headers["transfer-encoding"] !== undefined || isSigned(headers)) return false;
  const bytes = Number(headers["content-length"] ?? 0);
  return bytes > 0 && bytes <= bodyBytesMax && plainJson.test(headers["content-type"] ?? "");
}

type Coming = Pick<Exchange, "request" | "response" | "agentId"> & { arrival: Arrival };

function take(door: Door, { request, response, agentId, arrival }: Coming): boolean {
  const exchange = { request, response, agentId, traceId: traceIdFrom(request.headers["x-trace-id"]), ...arrival };
  let principal: Principal | null;
  try {
    principal = recallCaller(door.services, request.headers.authorization ?? "");
  } catch (thrown) {
    observeRequest(response, { method: "POST", route });
    writeFailure(door, exchange, thrown, null);
    return true;
  }
  // Its key has to be read first.
  if (!principal) return false;
  observeRequest(response, { method: "POST", route });
  readBody(door, exchange, (body) => void answer(door, exchange, { principal, body }));
  return true;
}

/** Node itself holds a body to the length that its header says; of one that breaks off nothing is done. */
function readBody(door: Door, exchange: Exchange, act: (body: Buffer) => void): void {
  const { request, response, traceId } = exchange;
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => void chunks.push(chunk));
  request.once("end", () => {
    const [first] = chunks;
    act(first && chunks.length === 1 ? first : Buffer.concat(chunks));
  });
  awaitBody(request, response, () => ({ id: traceId, head: headOf(door, exchange) }));
}

async function answer(
  door: Door,
  exchange: Exchange,
  { principal, body }: { principal: Principal; body: Buffer },
): Promise<void> {
  const { request, response, agentId, traceId, ipAddress } = exchange;
  let rate: RateHeaders | null = null;
  const noteRate = (headers: RateHeaders) => {
    rate = headers;
  };
  try {
    const attempt = readAttempt(request.headers, { principal, agentId, body, traceId, ipAddress });
    attempt.caller = response;
    const whole = await callOnce(door.gateway, attempt, { response, noteRate });
    if (whole) writeAnswer(response, whole, headOf(door, exchange));
  } catch (thrown) {
    writeFailure(door, exchange, thrown, rate);
  }
}

function writeFailure(door: Door, exchange: Exchange, thrown: unknown, rate: RateHeaders | null): void {
  const { response, traceId } = exchange;
  const asked = { method: "POST", route, traceId, bodyBytesMax };
  const { status, headers, envelope } = errorAnswerOf(door.services.log, thrown, asked);
  if (response.headersSent) return;
  const text = JSON.stringify(envelope);
  const said = { "content-type": "application/json; charset=utf-8", "content-length": String(Buffer.byteLength(text)) };
  const more = Object.entries({ ...said, ...rate, ...headers }).flat();
  response.writeHead(status, [...headOf(door, exchange), ...more]);
  response.end(text);
}

function headOf({ services }: Door, { traceId }: Exchange): string[] {
  return securityHead({ traceId, isProduction: services.config.isProduction });
}
