// The doors of callers: `POST /v1/invoke/{agentId}` and `/stream`. They bypass whatever a call does not need.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { eventStreamHeaders } from "~/runtime/contract/event-stream";
import { authenticateRequest } from "~/server/auth/authenticate-request";
import type { Principal } from "~/server/auth/principal";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { type AdmittedCall, admitCall } from "./admit-call";
import type { Gateway } from "./gateway";
import { runJsonCall, runStreamCall } from "./run-call";

/** The largest body that any plan lets in; the plan of the agent's workspace decides. */
const bodyBytesMax = 1024 * 1024;

declare module "fastify" {
  interface FastifyRequest {
    /** Proven before the body of a call is read. */
    callPrincipal: Principal | null;
  }
}

export function mountInvoke(app: FastifyInstance, gateway: Gateway, services: Services): void {
  void app.register(async (scope) => {
    scope.decorateRequest("callPrincipal", null);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    scope.addHook("onRequest", async (request, reply) => proveCaller(services, request, reply));
    scope.post<{ Params: { agentId: string } }>("/v1/invoke/:agentId", { bodyLimit: bodyBytesMax }, async (request, reply) => {
      const call = await admit(gateway, request);
      reply.headers(call.rateHeaders);
      const answer = await runJsonCall(gateway, call, reply.raw);
      return answer ? reply.send(answer) : reply.hijack();
    });
    scope.post<{ Params: { agentId: string } }>(
      "/v1/invoke/:agentId/stream",
      { bodyLimit: bodyBytesMax },
      async (request, reply) => {
        const call = await admit(gateway, request);
        await runStreamCall(gateway, call, reply.raw, () => sendHead(call, reply));
        return reply;
      },
    );
  });
}

/** Nobody makes us read a megabyte before we know who it is. */
async function proveCaller(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const authorizationHeader = request.headers.authorization ?? null;
  const cookieHeader = authorizationHeader === null ? (request.headers.cookie ?? null) : null;
  const proof = await authenticateRequest(services, { cookieHeader, authorizationHeader });
  if (!proof.principal) throw new AppError("UNAUTHENTICATED", "Sign in, or send an API key as Authorization: Bearer.");
  if (proof.setCookie) reply.raw.appendHeader("set-cookie", proof.setCookie);
  request.callPrincipal = proof.principal;
}

function admit(gateway: Gateway, request: FastifyRequest<{ Params: { agentId: string } }>): Promise<AdmittedCall> {
  return admitCall(gateway, {
    principal: request.callPrincipal,
    agentId: request.params.agentId,
    workspaceId: headerOf(request, "x-workspace-id"),
    deploymentId: headerOf(request, "x-deployment-id"),
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    traceId: request.id,
    ipAddress: request.ip ?? null,
  });
}

function headerOf(request: FastifyRequest<{ Params: { agentId: string } }>, name: string): string | null {
  const value = request.headers[name];
  return typeof value === "string" && value !== "" ? value : null;
}

/** From here on the stream writes to the socket itself: nothing stands between the agent's bytes and the caller. */
function sendHead(call: AdmittedCall, reply: FastifyReply): void {
  reply.hijack();
  reply.raw.writeHead(200, { ...eventStreamHeaders, ...call.rateHeaders });
}
