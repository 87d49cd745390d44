// The REST face of the routers: one route for each procedure that declares a path, and the document that describes them.
import type { AnyTRPCProcedure } from "@trpc/server";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { OpenApiMeta } from "trpc-to-openapi";
import { notFound } from "~/server/errors";
import { appRouter, type Caller, createCaller } from "~/server/router";
import type { Door } from "./door";
import { limitRequests } from "./limit-requests";
import { openApiDocument } from "./openapi-document";
import { createRequestContext, workspaceWishOf } from "./request-context";
import { statusByProcedure } from "./status-by-procedure";

type Declared = { procedurePath: string; method: NonNullable<OpenApiMeta["openapi"]>["method"]; url: string };

/**
 * The routes are our own and not trpc-to-openapi's handler: that one rewrites the procedures' zod schemas to coerce whatever
 * arrives (so "false" becomes true), builds the document anew for each request, and refuses a POST without a body.
 */
export function mountOpenApi(app: FastifyInstance, door: Door): void {
  for (const { procedurePath, method, url } of declaredRoutes()) {
    app.route({
      method,
      url,
      handler: async (request, reply) => {
        const context = createRequestContext(door, request);
        const refusal = await limitRequests(door, request, context);
        reply.headers(Object.fromEntries(context.headers));
        if (refusal) throw refusal;
        const caller = createCaller(context.inWorkspace(workspaceWishOf(request.headers)));
        const answer = await callProcedure(caller, procedurePath, inputOf(request)).catch((refused: unknown) => {
          reply.headers(Object.fromEntries(context.headers));
          throw refused;
        });
        reply.headers(Object.fromEntries(context.headers));
        for (const cookie of context.cookies) reply.header("set-cookie", cookie);
        return reply.code(statusByProcedure[procedurePath] ?? 200).send(withTraceId(answer, request.id));
      },
    });
  }
  app.get("/v1/openapi.json", (_request, reply) =>
    reply.header("cache-control", "public, max-age=60").send(openApiDocument(door.origin)),
  );
  app.all("/v1", refuse);
  app.all("/v1/*", refuse);
}

function refuse(): never {
  throw notFound("address; /v1/openapi.json lists them all");
}

function declaredRoutes(): Declared[] {
  // Flat at run time, by path; only the type is a tree.
  const procedures = appRouter._def.procedures as unknown as Record<string, AnyTRPCProcedure>;
  return Object.entries(procedures).flatMap(([procedurePath, procedure]) => {
    const openapi = (procedure._def.meta as OpenApiMeta | undefined)?.openapi;
    if (!openapi) return [];
    return [{ procedurePath, method: openapi.method, url: `/v1${openapi.path.replaceAll(/\{(\w+)\}/g, ":$1")}` }];
  });
}

/** What stands in the path wins over what stands in the body or the query. */
function inputOf(request: FastifyRequest): unknown {
  const hasBody = request.method !== "GET" && request.method !== "DELETE";
  const given = hasBody ? (request.body ?? {}) : request.query;
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given;
  return { ...given, ...(request.params as Record<string, string>) };
}

type Callable = { [name: string]: Callable } & ((input: unknown) => Promise<unknown>);

function callProcedure(caller: Caller, procedurePath: string, input: unknown): Promise<unknown> {
  const procedure = procedurePath.split(".").reduce((at, name) => at[name] as Callable, caller as unknown as Callable);
  return procedure(input);
}

/** Lists say which request they answer (CONTRACTS "Lists"). */
function withTraceId(answer: unknown, traceId: string): unknown {
  const isList = typeof answer === "object" && answer !== null && "items" in answer && "nextCursor" in answer;
  return isList ? { ...answer, traceId } : answer;
}
