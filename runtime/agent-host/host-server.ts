// The host's door: HTTP on a unix socket, every request with the shared token (protocol: runtime/contract/host-protocol.ts).
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type HostHealth, type HostPlacements, type HostProcesses, Placement } from "~/runtime/contract/host-protocol";
import { type ChannelBook, refuseUpgrade } from "./channel-book";
import type { DeploymentRunner } from "./deployment-runner";
import type { HeldAnswers } from "./held-answers";
import { HostError, stopping, toHostError } from "./host-error";
import type { HostLog } from "./host-log";
import type { OpenWork } from "./open-work";
import { readBody } from "./read-body";
import { sendError, sendJson, sendNothing } from "./send-json";
import { serveCall } from "./serve-call";
import { serveOutcome, serveStream, setAside, stopStream } from "./serve-stream";
import type { StreamBook } from "./stream-book";

export type HostActs = {
  health(): HostHealth;
  place(placement: Placement): void;
  remove(deploymentId: string): Promise<void>;
  /** Ends what runs of it; what is not placed does not run. */
  halt(deploymentId: string): Promise<void>;
  /** Rejects when the new process does not start; the old one then goes on. */
  refresh(deploymentId: string): Promise<void>;
  processes(): HostProcesses;
  placements(): HostPlacements;
  /** Throws `NOT_FOUND`. */
  runner(deploymentId: string): DeploymentRunner;
  streams: StreamBook;
  channels: ChannelBook;
  held: HeldAnswers;
  calls: OpenWork;
  answers: OpenWork;
  readonly isStopping: boolean;
};

const placementBytesMax = 256 * 1024 * 1024;
const logLinesMax = 1_000;
const keepAliveTimeoutMs = 75_000;
const begins: ReadonlySet<string> = new Set([
  "PUT /deployments/:id",
  "POST /deployments/:id/start",
  "POST /deployments/:id/refresh",
  "POST /deployments/:id/invoke",
]);

export function createHostServer(acts: HostActs, options: { token: string; log: HostLog }): Server {
  const expected = digestOf(`Bearer ${options.token}`);
  const isProven = ({ headers }: IncomingMessage) => timingSafeEqual(digestOf(headers.authorization ?? ""), expected);
  const server = createServer((request, response) => {
    if (!isProven(request)) {
      sendError(response, new HostError("UNAUTHENTICATED", "The token is missing or wrong."));
      return;
    }
    void acts.answers.follow(new Promise((resolve) => response.once("close", resolve)));
    answer(acts, request, response).catch((thrown: unknown) => {
      const error = toHostError(thrown);
      if (error.code === "INTERNAL") options.log.error({ err: error.options.cause }, "a request failed");
      sendError(response, error);
    });
  });
  server.on("upgrade", (request, socket, head) => {
    if (isProven(request)) acts.channels.accept(request, socket, head);
    else refuseUpgrade(socket, "401 Unauthorized");
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  // Limits of calls are the deployment's own; the house keeps its connections.
  server.requestTimeout = 0;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  return server;
}

/** Digests have one length, so the comparison tells nothing about the token. */
function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

async function answer(acts: HostActs, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://agent-host");
  const [, collection, deploymentId = "", act = "", streamId = "", part = ""] = pathname.split("/").map(decodeURIComponent);
  const named = act === "streams" && streamId !== "" ? `/streams/:id${part === "" ? "" : `/${part}`}` : act && `/${act}`;
  const route = `${request.method} /${collection}${deploymentId === "" ? "" : "/:id"}${named}`;
  if (acts.isStopping && begins.has(route)) throw stopping();
  const { streams, channels, held } = acts;
  switch (route) {
    case "GET /healthz":
      return sendJson(response, 200, acts.health());
    case "PUT /deployments/:id":
      acts.place(await readPlacement(request, deploymentId));
      return sendNothing(response);
    case "DELETE /deployments/:id":
      await acts.remove(deploymentId);
      return sendNothing(response);
    case "POST /deployments/:id/start":
      await acts.runner(deploymentId).start();
      return sendNothing(response);
    case "POST /deployments/:id/stop":
      await acts.halt(deploymentId);
      return sendNothing(response);
    case "POST /deployments/:id/refresh":
      await acts.refresh(deploymentId);
      return sendNothing(response);
    case "GET /processes":
      return sendJson(response, 200, acts.processes());
    case "GET /placements":
      return sendJson(response, 200, acts.placements());
    case "POST /deployments/:id/invoke":
      return acts.calls.follow(serveCall({ runner: acts.runner(deploymentId), streams, channels, held }, request, response));
    case "GET /deployments/:id/streams/:id":
      return serveStream({ streams, deploymentId, streamId }, request, response);
    case "GET /deployments/:id/streams/:id/outcome":
      return serveOutcome({ streams, deploymentId, streamId }, response);
    case "POST /deployments/:id/streams/:id/aside":
      return setAside({ streams, deploymentId, streamId }, response);
    case "DELETE /deployments/:id/streams/:id":
      return stopStream({ streams, deploymentId, streamId }, response);
    case "GET /deployments/:id/logs":
      return sendJson(response, 200, { lines: acts.runner(deploymentId).log.tail(readLimit(searchParams)) });
    default:
      throw new HostError("NOT_FOUND", "There is no such route.");
  }
}

async function readPlacement(request: IncomingMessage, deploymentId: string): Promise<Placement> {
  const body = await readBody(request, placementBytesMax);
  const parsed = Placement.safeParse(JSON.parse(body.toString("utf8")));
  if (!parsed.success)
    throw new HostError("INVALID_REQUEST", `${parsed.error.issues[0]?.path.join(".")}: ${parsed.error.issues[0]?.message}`);
  if (parsed.data.deploymentId !== deploymentId) throw new HostError("INVALID_REQUEST", "deploymentId differs from the path.");
  return parsed.data;
}

function readLimit(parameters: URLSearchParams): number {
  const limit = Number(parameters.get("limit") ?? 200);
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, logLinesMax) : 200;
}
