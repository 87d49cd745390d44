// The doors of callers: `POST /v1/invoke/{agentId}` and `/stream`. They bypass whatever a call does not need.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { authenticateRequest } from "~/server/auth/authenticate-request";
import type { Principal } from "~/server/auth/principal";
import { proveSignedRequest } from "~/server/auth/prove-signed-request";
import { isSigned, readSignedRequest, type SignedRequest } from "~/server/auth/signed-request";
import { AppError } from "~/server/errors";
import type { RateHeaders } from "~/server/rate-limit/rate-headers";
import type { Services } from "~/server/services";
import { type CallAttempt, countCall, findCallee } from "./admit-call";
import { answerJson, answerStream, type Calling } from "./answer-call";
import { mountDelegated } from "./delegated.http";
import type { Gateway } from "./gateway";
import { headerOf, readAttempt } from "./read-attempt";
import { mountStreams } from "./streams.http";

/** The largest body that any plan lets in; the plan of the agent's workspace decides. */
const bodyBytesMax = 1024 * 1024;

declare module "fastify" {
  interface FastifyRequest {
    /** Proven before the body of a call is read, or, of a signed one, by its body. */
    callPrincipal: Principal | null;
    signedCall: SignedRequest | null;
    /** Of a signed call, counted before its nonce is written down. */
    countedRate: RateHeaders | null;
  }
}

type CallRequest = FastifyRequest<{ Params: { agentId: string } }>;
type Params = { Params: { agentId: string } };

export function mountInvoke(app: FastifyInstance, gateway: Gateway, services: Services): void {
  void app.register(async (scope) => {
    scope.decorateRequest("callPrincipal", null);
    scope.decorateRequest("signedCall", null);
    scope.decorateRequest("countedRate", null);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    scope.addHook("onRequest", async (request, reply) => proveCaller(services, request, reply));
    scope.addHook("preHandler", (request, _reply, done) => {
      if (request.signedCall === null) return done();
      proveSigner(gateway, services, request as CallRequest).then(() => done(), done);
    });
    scope.post<Params>("/v1/invoke/:agentId", { bodyLimit: bodyBytesMax }, (request, reply) =>
      answerJson(callingOf({ gateway, services, door: "json" }, request, reply), reply),
    );
    scope.post<Params>("/v1/invoke/:agentId/stream", { bodyLimit: bodyBytesMax }, (request, reply) =>
      answerStream(callingOf({ gateway, services, door: "stream" }, request, reply), reply),
    );
    mountStreams(scope, gateway);
  });
  mountDelegated(app, gateway, services);
}

/** Nobody makes us read a megabyte before we know who it is; of a signed call, before its headers are in order and of these minutes. */
async function proveCaller(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const authorizationHeader = request.headers.authorization ?? null;
  if (isSigned(request.headers)) {
    if (authorizationHeader !== null) throw twoProofs();
    request.signedCall = readSignedRequest(request.headers, services.clock.now());
    return;
  }
  const cookieHeader = authorizationHeader === null ? (request.headers.cookie ?? null) : null;
  const proof = await authenticateRequest(services, { cookieHeader, authorizationHeader });
  if (!proof.principal) throw new AppError("UNAUTHENTICATED", "Sign in, or send an API key as Authorization: Bearer.");
  if (proof.setCookie) reply.raw.appendHeader("set-cookie", proof.setCookie);
  request.callPrincipal = proof.principal;
}

async function proveSigner(gateway: Gateway, services: Services, request: CallRequest): Promise<void> {
  const { signedCall, method, raw } = request;
  if (!signedCall) return;
  const path = raw.url ?? "";
  if (path.includes("?")) throw new AppError("INVALID_REQUEST", "The address of a signed call has no query: send it without.");
  const signed = { ...signedCall, method, path, raw: bodyOf(request) };
  request.callPrincipal = await proveSignedRequest(services, signed, async (signer) => {
    // Reading on in a stream, or stopping it, is no call.
    if (method !== "POST") return;
    const attempt = { ...attemptOf(request), principal: signer };
    request.countedRate = await countCall(gateway, await findCallee(gateway, attempt));
  });
}

function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

type Place = { gateway: Gateway; services: Services; door: "json" | "stream" };

/** Whoever sends an Idempotency-Key may leave and ask again: their leaving ends nothing. */
function callingOf({ gateway, services, door }: Place, request: CallRequest, reply: FastifyReply): Calling {
  const [attempt, key] = [attemptOf(request), headerOf(request.headers, "idempotency-key")];
  if (key === null) {
    attempt.caller = reply.raw;
    return { gateway, needs: services, attempt, once: null };
  }
  const words = { deploymentId: attempt.deploymentId, text: attempt.body.toString("base64") };
  return { gateway, needs: services, attempt, once: { key, door, body: words } };
}

function attemptOf(request: CallRequest): CallAttempt {
  const { callPrincipal: principal, headers, id: traceId, countedRate } = request;
  const { agentId } = request.params;
  const attempt = readAttempt(headers, { principal, agentId, body: bodyOf(request), traceId, ipAddress: request.ip ?? null });
  if (countedRate) attempt.rateHeaders = countedRate;
  return attempt;
}

function twoProofs(): AppError {
  return new AppError("UNAUTHENTICATED", "Send either an Authorization header or a signature, not both.", {
    details: { reason: "two_proofs" },
  });
}
