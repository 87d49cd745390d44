// A stand-in for Stripe on a port of this machine: its API, strictly, its hosted pages, and its signed events.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ApiPlace, answerCall } from "./answer-call";
import { parseFormBody } from "./form-body";
import { answerPage } from "./hosted-pages";
import { Ledger, type LedgerEvent } from "./ledger";
import { type SignedDelivery, signEvent } from "./sign-event";

const bodyBytesMax = 256 * 1024;

export type StandInOptions = {
  secretKey: string;
  apiVersion: string;
  webhookSecret: string;
  now?: () => Date;
};

export type StripeStandIn = {
  ledger: Ledger;
  url: URL;
  /** Calls of the API so far, `POST /v1/customers`. */
  calls: string[];
  /** While set, every call of the API answers 500. */
  setDown(isDown: boolean): void;
  sign(event: LedgerEvent, options?: { secret?: string; at?: Date }): SignedDelivery;
  /** Delivers the events that wait, in the given order, each as often as it is named; a delivery that is not taken is repeated. */
  deliver(webhookUrl: URL, order?: (events: LedgerEvent[]) => LedgerEvent[]): Promise<number[]>;
  stop(): Promise<void>;
};

export async function startStripeStandIn(options: StandInOptions): Promise<StripeStandIn> {
  const now = options.now ?? (() => new Date());
  const ledger = new Ledger(now);
  const calls: string[] = [];
  let isDown = false;
  const place: ApiPlace = { ...options, ledger, origin: () => url.origin, remembered: new Map() };
  const server = createServer((request, response) => {
    const at = `${request.method} ${request.url?.split("?")[0] ?? ""}`;
    if (at.includes(" /v1/")) calls.push(at);
    if (isDown && at.includes(" /v1/")) return answer(response, 500, { error: { type: "api_error", message: "down" } });
    handle(place, request, response).catch((error: unknown) => answer(response, 500, { error: { message: String(error) } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const sign: StripeStandIn["sign"] = (event, { secret = options.webhookSecret, at = now() } = {}) =>
    signEvent(event, secret, at);
  return {
    ledger,
    url,
    calls,
    sign,
    setDown: (down) => {
      isDown = down;
    },
    deliver: async (webhookUrl, order = (events) => events) => {
      const statuses: number[] = [];
      for (const event of order(ledger.events.splice(0))) statuses.push(await post(webhookUrl, sign(event)));
      return statuses;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function post(webhookUrl: URL, { payload, signature }: SignedDelivery): Promise<number> {
  const headers = { "content-type": "application/json; charset=utf-8", "stripe-signature": signature };
  const response = await fetch(webhookUrl, { method: "POST", headers, body: payload, signal: AbortSignal.timeout(10_000) });
  await response.arrayBuffer();
  return response.status;
}

async function handle(place: ApiPlace, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", place.origin());
  const method = request.method ?? "GET";
  const form = parseFormBody(method === "GET" ? url.search.slice(1) : await read(request));
  const page = answerPage(place.ledger, method, url.pathname, form);
  if (page) return answerWithPage(response, page);
  const { authorization, "stripe-version": version, "idempotency-key": idempotencyKey } = request.headers;
  const headers = { authorization, version: one(version), idempotencyKey: one(idempotencyKey) };
  const { status, body } = answerCall(place, { method, path: url.pathname, headers, given: form });
  answer(response, status, body);
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) throw new Error("The body is too large.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function answerWithPage(response: ServerResponse, page: { status: number; html?: string; location?: string }): void {
  response.writeHead(page.status, {
    "content-type": "text/html; charset=utf-8",
    connection: "close",
    ...(page.location ? { location: page.location } : {}),
  });
  response.end(page.html ?? "");
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(body));
}

function one(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : header?.[0];
}
