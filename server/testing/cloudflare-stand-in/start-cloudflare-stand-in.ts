// A stand-in for Cloudflare on a port of this machine: its API, strictly, and its addresses, behind which uploaded scripts run in workerd.
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CloudflareConfig } from "~/server/config-cloudflare";
import type { VendorFault } from "~/server/providers/conformance/harness.conformance";
import { answerAgent } from "./answer-agents";
import { type Account, answerApi, forgetObjects } from "./answer-api";
import { answerDispatched, answerOutgoing, type Internet } from "./answer-outgoing";
import { standInHeaders } from "./dispatch-binding";
import { ScriptShelf } from "./script-shelf";
import { refusalBody, VendorRefusal } from "./vendor-answer";

export type CloudflareStandIn = {
  config: CloudflareConfig;
  account: Account;
  /** Requests so far, as `PUT /accounts/…` without the account, and `POST <host>/invoke`. */
  requests: string[];
  /** The next answers; with `only`, those to requests that are described so, while the others are answered well. */
  failNext(fault: VendorFault, times: number, only?: RegExp): void;
  /** Every object of every script begins anew, as after a deletion of its namespace. */
  loseObjects(): Promise<void>;
  /** Called with each request as it comes, before it is answered. */
  onRequest: (described: string) => void;
  stop(): Promise<void>;
};

const bodyBytesMax = 80 * 1024 * 1024;
const keepAliveMs = 600_000;
/** Bodies come in two pieces, as they do over a network. */
const pieceAt = 20;

export type StandInOptions = { namespaces?: readonly string[]; internet?: Internet };

export async function startCloudflareStandIn(options: StandInOptions = {}): Promise<CloudflareStandIn> {
  const account: Account = {
    id: randomBytes(16).toString("hex"),
    token: randomBytes(20).toString("hex"),
    subdomain: "our-company",
    namespaces: options.namespaces ?? [],
    shelf: new ScriptShelf(),
    address: "",
  };
  const outside = {
    shelf: account.shelf,
    internet: options.internet ?? (({ url }) => ({ status: 200, body: `reached ${url}` })),
  };
  const planned: { fault: VendorFault; times: number; only: RegExp } = { fault: 500, times: 0, only: /./ };
  const requests: string[] = [];
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    if (request.headers[standInHeaders.from]) return answerOutgoing(outside, request, response);
    if (request.headers[standInHeaders.script]) return answerDispatched(account.shelf, request, response);
    const isApi = request.url?.startsWith("/client/v4/") ?? false;
    const described = describe(account, request, isApi);
    requests.push(described);
    standIn.onRequest(described);
    if (planned.times > 0 && planned.only.test(described)) {
      planned.times -= 1;
      return misbehave(planned.fault, request, response, isApi);
    }
    if (!isApi) return answerAgent(account.shelf, account.subdomain, request, response);
    void answer(account, request, response);
  });
  // Longer than any test: a connection is not closed while a script is about to use it again.
  server.keepAliveTimeout = keepAliveMs;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  account.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = `http://${account.address}`;
  const standIn: CloudflareStandIn = {
    account,
    requests,
    onRequest: () => undefined,
    config: {
      accountId: account.id,
      apiToken: account.token,
      dispatchNamespace: options.namespaces?.[0] ?? null,
      api: new URL(`${origin}/client/v4`),
      agents: new URL(origin),
    },
    failNext: (fault, times, only = /./) => void Object.assign(planned, { fault, times, only }),
    async loseObjects() {
      for (const script of account.shelf.list()) await forgetObjects(account, script);
    },
    async stop() {
      for (const { process, state } of account.shelf.list()) {
        await process.kill();
        await rm(state, { recursive: true, force: true });
      }
      await new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      });
    },
  };
  return standIn;
}

function describe(account: Account, { method, url = "", headers }: IncomingMessage, isApi: boolean): string {
  return isApi
    ? `${method} ${url.replace(`/client/v4/accounts/${account.id}`, "").split("?")[0]}`
    : `${method} ${headers.host}${url}`;
}

async function answer(account: Account, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { authorization = "", "content-type": contentType = "" } = request.headers;
    const url = new URL(request.url ?? "/", "http://vendor");
    const asked = { method: request.method ?? "", url, authorization, contentType, body: await bodyOf(request) };
    const { status, body } = await answerApi(account, asked);
    sendJson(response, status, body);
  } catch (thrown) {
    if (!(thrown instanceof VendorRefusal)) return sendJson(response, 500, refusalBody(10001, String(thrown)));
    const { status, body } = thrown.toAnswer();
    sendJson(response, status, body);
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) throw new VendorRefusal(413, 10028, "workers.api.error.body_too_large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json" });
  response.write(text.slice(0, pieceAt));
  setImmediate(() => response.end(text.slice(pieceAt)));
}

function misbehave(fault: VendorFault, request: IncomingMessage, response: ServerResponse, isApi: boolean): void {
  request.resume();
  if (fault === "timeout") return;
  if (fault === "reset") return void request.socket.destroy();
  if (fault === "stalled") return void response.writeHead(200, { "content-type": "application/json" }).write('{"success":');
  if (fault === "garbage") return void response.writeHead(200, { "content-type": "application/json" }).end('{"success":tru');
  const headers = fault === 429 ? { "retry-after": "0" } : {};
  if (!isApi) return void response.writeHead(fault, headers).end("error code: 1200");
  response
    .writeHead(fault, { ...headers, "content-type": "application/json" })
    .end(JSON.stringify(refusalBody(10000 + fault, `fault ${fault}`)));
}
