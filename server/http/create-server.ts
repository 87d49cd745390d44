// The web server: one Fastify with every door of the house mounted, and the rules that hold for all of them.
import http, { type RequestListener, type Server } from "node:http";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { mountBilling } from "~/server/billing/billing.http";
import { AppError, notFound } from "~/server/errors";
import { traceIdFrom } from "~/server/ids";
import { mountInvoke } from "~/server/invocations/invoke.http";
import { mountTelemetry } from "~/server/telemetry/telemetry.http";
import { acceptedPast } from "~/server/telemetry/telemetry-window";
import { answerError } from "./answer-error";
import { answerInTurn } from "./answer-in-turn";
import { assertSameOrigin } from "./assert-same-origin";
import { mountAuditExport } from "./audit-export-door";
import { demandBodyInTime } from "./body-deadline";
import { demandHttps } from "./demand-https";
import type { Door } from "./door";
import { mountHealth } from "./health-doors";
import { mountLogExport } from "./log-export-door";
import { mountMetrics } from "./metrics-door";
import { observeRequests } from "./observe-requests";
import { mountOpenApi } from "./openapi-mount";
import { mountPublicDocuments } from "./public-doors";
import { refuseBrokenRequest } from "./refuse-broken-request";
import type { RemixBuild } from "./remix-build";
import { mountRemix } from "./remix-mount";
import { setSecurityHeaders } from "./security-headers";
import { openShortWay, type ShortWay } from "./short-way";
import { mountStaticFiles } from "./static-files";
import { traceRequests } from "./trace-requests";
import { mountTrpc } from "./trpc-mount";
import { boundUnreadAnswers } from "./unread-answers";
import { mountUploads } from "./upload-door";
import { mountUsageExport } from "./usage-export-door";

const jsonBytesMax = 1024 * 1024;
const headerBytesMax = 16 * 1024;
const keepAliveTimeoutMs = 65_000;

/** How long a request may take to arrive. Who sends headers without an end holds a connection no longer than `headersMs` and `checkedEveryMs`. */
export type ArrivalLimits = { headersMs: number; requestMs: number; checkedEveryMs: number };

/** A request: the slowest thing that is sent to us, a whole bundle over a poor line. */
const arrivalLimits: ArrivalLimits = { headersMs: 15_000, requestMs: 10 * 60_000, checkedEveryMs: 1_000 };

/** Signed by themselves: cookies are ignored there, so where a request comes from does not matter. */
const signedPaths = /^\/v1\/(telemetry\/|billing\/webhook|delegated\/)/;

/** `remix` is null when no pages are wanted: the machine surfaces stand by themselves. */
export function createServer(door: Door, remix: RemixBuild | null, arrival = arrivalLimits): FastifyInstance {
  const { config } = door.services;
  const app: FastifyInstance = Fastify({
    logger: false,
    genReqId: (raw) => traceIdFrom(raw.headers["x-trace-id"]),
    bodyLimit: jsonBytesMax,
    forceCloseConnections: "idle",
    // While draining, a connection that is still open is still served.
    return503OnClosing: false,
    trustProxy: config.trustedProxy.length > 0 ? config.trustedProxy : false,
    serverFactory: (takeLongWay) => createHttpServer(arrival, openShortWay(door), takeLongWay),
    routerOptions: { maxParamLength: 500 },
    clientErrorHandler: refuseBrokenRequest,
    frameworkErrors: (thrown, request, reply) => {
      setSecurityHeaders(reply.raw, { traceId: request.id, isProduction: config.isProduction });
      answerError(door.services.log, thrown, request, reply);
    },
  });
  observeRequests(app);
  traceRequests(app);
  app.addHook("onRequest", (request, reply, done) => {
    if (admit(door, request, reply)) done();
  });
  app.setErrorHandler((thrown, request, reply) => answerError(door.services.log, thrown, request, reply));
  app.setNotFoundHandler(() => {
    throw notFound("address");
  });
  readJson(app);
  mountHealth(app, door);
  mountMetrics(app, door);
  mountPublicDocuments(app, door);
  mountInvoke(app, door.gateway, door.services);
  mountTelemetry(app, door.telemetry, { pastMs: acceptedPast.reportMs });
  mountBilling(app, door.services);
  mountUploads(app, door);
  mountAuditExport(app, door);
  mountUsageExport(app, door);
  mountLogExport(app, door);
  mountTrpc(app, door);
  mountOpenApi(app, door);
  if (remix) {
    mountStaticFiles(app, remix.clientDirectory);
    mountRemix(app, door, remix);
  }
  return app;
}

/** The limits are of connections, whichever way a request goes. */
function createHttpServer(arrival: ArrivalLimits, takeShortWay: ShortWay, takeLongWay: RequestListener): Server {
  const limits = {
    maxHeaderSize: headerBytesMax,
    headersTimeout: arrival.headersMs,
    requestTimeout: arrival.requestMs,
    // Node looks each half minute only, whatever the limits are.
    connectionsCheckingInterval: arrival.checkedEveryMs,
    keepAliveTimeout: keepAliveTimeoutMs,
  };
  const take: RequestListener = (request, response) => {
    if (!takeShortWay(request, response)) takeLongWay(request, response);
  };
  const server = http.createServer(limits, answerInTurn(take));
  boundUnreadAnswers(server);
  return server;
}

/** Holds for every request, before anything of it is read. False: it is answered already. */
function admit(door: Door, request: FastifyRequest, reply: FastifyReply): boolean {
  const { config } = door.services;
  setSecurityHeaders(reply.raw, { traceId: request.id, isProduction: config.isProduction });
  if (demandHttps(door, request, reply)) return false;
  if (!signedPaths.test(request.url)) {
    assertSameOrigin({ origin: door.origin, isProduction: config.isProduction }, request);
  }
  demandBodyInTime(request, reply);
  return true;
}

/** JSON, and nothing for an act that needs no words: a POST without a body is as good as `{}`. */
function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") return done(null, {});
    return parse(request, body, done);
  });
  app.addContentTypeParser("*", (_request, _payload, done) =>
    done(new AppError("INVALID_REQUEST", "This content type is not read here. Send application/json.")),
  );
}
