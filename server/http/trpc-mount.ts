// tRPC over HTTP for our own browser code and the CLI: queries and mutations in batches, subscriptions as server-sent events.
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type AppError, notFound } from "~/server/errors";
import { appRouter } from "~/server/router";
import type { Door } from "./door";
import { limitRequests } from "./limit-requests";
import { createRequestContext, type RequestContext, workspaceWishOf } from "./request-context";
import { sendResponse } from "./send-response";
import { toRequest } from "./to-request";
import { wideErrorsOf } from "./wide-errors";

const bodyBytesMax = 1024 * 1024;
const batchMax = 10;
const otherMethods = ["PUT", "PATCH", "DELETE", "OPTIONS"];

export function mountTrpc(app: FastifyInstance, door: Door): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.route({
      method: ["GET", "POST"],
      url: "/trpc/*",
      handler: (request, reply) => answerProcedure(door, request, reply),
    });
    // Else the pages would take them, and answer a machine in HTML.
    scope.route({ method: otherMethods, url: "/trpc/*", handler: refuse });
    scope.all("/trpc", refuse);
  });
}

function refuse(): never {
  throw notFound("address; a procedure is asked by GET or POST at /trpc/{name}");
}

async function answerProcedure(door: Door, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const context = createRequestContext(door, request);
  const refusal = await limitRequests(door, request, context);
  const response = await runProcedures(door, { ...context, refusal }, request, reply);
  const answer = response.status >= 400 ? await wideErrorsOf(response, request.id) : response;
  reply.hijack();
  for (const cookie of context.cookies) reply.raw.appendHeader("set-cookie", cookie);
  for (const [name, value] of context.headers) reply.raw.setHeader(name, value);
  await sendResponse(reply.raw, answer, { isHead: false, closing: door.closing, acceptsGzip: false });
}

type Admitted = RequestContext & { refusal: AppError | null };

function runProcedures(door: Door, context: Admitted, request: FastifyRequest, reply: FastifyReply): Promise<Response> {
  return fetchRequestHandler({
    endpoint: "/trpc",
    router: appRouter,
    req: toRequest(request.raw, reply.raw, { origin: door.origin, bodyBytesMax }).request,
    maxBatchSize: batchMax,
    // An EventSource cannot set headers: a subscription names its workspace in the connection parameters.
    createContext: ({ info }) => ({
      ...context.inWorkspace(info.connectionParams?.["workspaceId"] ?? workspaceWishOf(request.headers)),
      refusal: context.refusal,
    }),
  });
}
