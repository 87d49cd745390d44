// tRPC over HTTP for our own browser code and the CLI: queries and mutations in batches, subscriptions as server-sent events.
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { appRouter } from "~/server/router";
import type { Door } from "./door";
import { createRequestContext, type RequestContext, workspaceWishOf } from "./request-context";
import { sendResponse } from "./send-response";
import { toRequest } from "./to-request";
import { wideErrorsOf } from "./wide-errors";

const bodyBytesMax = 1024 * 1024;
const batchMax = 10;

export function mountTrpc(app: FastifyInstance, door: Door): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.route({
      method: ["GET", "POST"],
      url: "/trpc/*",
      handler: (request, reply) => answerProcedure(door, request, reply),
    });
  });
}

async function answerProcedure(door: Door, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const context = createRequestContext(door, request);
  const response = await runProcedures(door, context, request, reply);
  const answer = response.status >= 400 ? await wideErrorsOf(response, request.id) : response;
  reply.hijack();
  for (const cookie of context.cookies) reply.raw.appendHeader("set-cookie", cookie);
  await sendResponse(reply.raw, answer, { isHead: false, closing: door.closing, acceptsGzip: false });
}

function runProcedures(door: Door, context: RequestContext, request: FastifyRequest, reply: FastifyReply): Promise<Response> {
  return fetchRequestHandler({
    endpoint: "/trpc",
    router: appRouter,
    req: toRequest(request.raw, reply.raw, { origin: door.origin, bodyBytesMax }).request,
    maxBatchSize: batchMax,
    // An EventSource cannot set headers: a subscription names its workspace in the connection parameters.
    createContext: ({ info }) => context.inWorkspace(info.connectionParams?.["workspaceId"] ?? workspaceWishOf(request.headers)),
  });
}
