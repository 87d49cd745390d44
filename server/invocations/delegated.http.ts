// The door of trusted back ends: `POST /v1/delegated/invoke/{agentId}`. Cookies and API keys mean nothing here (MISSION E5).
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { recordPlatformAudit, recordWorkspaceAudit } from "~/server/audit/record-audit";
import { useCredential } from "~/server/credentials/use-credential";
import { AppError } from "~/server/errors";
import { CauseBudget } from "~/server/rate-limit/cause-budget";
import type { Services } from "~/server/services";
import { findCallee } from "./admit-call";
import { answerJson } from "./answer-call";
import {
  DelegationRefused,
  findDelegatedPerson,
  type ProvenDelegation,
  proveDelegation,
  readDelegationHeaders,
} from "./delegated-call";
import type { Gateway } from "./gateway";

/** A call's largest body, and the words of the delegation around it. */
const bodyBytesMax = 1024 * 1024 + 16 * 1024;
type Params = { Params: { agentId: string } };

export function mountDelegated(app: FastifyInstance, gateway: Gateway, services: Services): void {
  const rejections = new CauseBudget();
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    scope.addHook("onRequest", async (request) => assertMayBeRead(services, rejections, request));
    scope.post<Params>("/v1/delegated/invoke/:agentId", { bodyLimit: bodyBytesMax }, async (request, reply) => {
      const proven = await prove(services, rejections, request);
      return answerDelegated(gateway, services, { request, reply, proven });
    });
  });
}

/** Nobody makes us read a megabyte with headers that are out of order or of other minutes. */
async function assertMayBeRead(services: Services, rejections: CauseBudget, request: FastifyRequest): Promise<void> {
  try {
    readDelegationHeaders(services.config, { headers: request.headers, now: services.clock.now() });
  } catch (thrown) {
    if (thrown instanceof DelegationRefused) await auditRefusal(services, rejections, { request, thrown });
    throw thrown;
  }
}

async function prove(services: Services, rejections: CauseBudget, request: FastifyRequest): Promise<ProvenDelegation> {
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  try {
    const proven = proveDelegation(services.config, { headers: request.headers, raw, now: services.clock.now() });
    useCredential(services, "DELEGATION_SECRETS", proven.secretPlace);
    return proven;
  } catch (thrown) {
    if (thrown instanceof DelegationRefused) await auditRefusal(services, rejections, { request, thrown });
    throw thrown;
  }
}

type Delegated = { request: FastifyRequest<Params>; reply: FastifyReply; proven: ProvenDelegation };

/** Authorised, limited and charged as the person it is made for. */
async function answerDelegated(
  gateway: Gateway,
  services: Services,
  { request, reply, proven }: Delegated,
): Promise<FastifyReply> {
  const { delegation, invoke } = proven.body;
  const principal = await findDelegatedPerson(services, delegation.externalUserId);
  const attempt = {
    principal,
    agentId: request.params.agentId,
    workspaceId: null,
    deploymentId: null,
    body: Buffer.from(JSON.stringify(invoke)),
    traceId: request.id,
    ipAddress: request.ip ?? null,
  };
  const { scope, target } = await findCallee(gateway, attempt);
  await recordWorkspaceAudit(services.across, scope.workspaceId, {
    actorKind: "user",
    actorId: principal.userId,
    action: "agent.invoke_delegated",
    targetKind: "agent",
    targetId: target.agentId,
    traceId: attempt.traceId,
    ipAddress: attempt.ipAddress,
    metadata: { source: proven.source, ...(delegation.correlation ? { correlation: delegation.correlation } : {}) },
  });
  const once = { key: delegation.idempotencyKey, door: "delegated" as const, body: invoke };
  return answerJson({ gateway, needs: services, attempt, once }, reply);
}

/** One line a minute for each reason: a stranger does not fill the log. */
async function auditRefusal(
  services: Services,
  rejections: CauseBudget,
  { request, thrown }: { request: FastifyRequest; thrown: DelegationRefused },
): Promise<void> {
  const alsoSuppressed = rejections.admit(thrown.reason, services.clock.now());
  if (alsoSuppressed === null) return;
  try {
    await recordPlatformAudit(services.across, {
      actorKind: "anonymous",
      action: "delegation.reject",
      traceId: request.id,
      ipAddress: request.ip ?? null,
      metadata: { reason: thrown.reason, alsoSuppressed },
    });
  } catch (error) {
    services.log.error({ err: error instanceof AppError ? error.message : error }, "a refused delegation could not be audited");
  }
}
