// Whether a call may be made and where it goes: caller, agent, deployment, limits, session, in this order, before any provider is asked.
import type { ServerResponse } from "node:http";
import { InvokeRequest } from "~/runtime/contract/invoke";
import { assertFewFields } from "~/server/assert-few-fields";
import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import { grantMay } from "~/server/auth/permissions";
import type { Principal } from "~/server/auth/principal";
import { seesAgent, type WorkspaceScope } from "~/server/auth/scope";
import type { Reservation } from "~/server/budgets/lease-pool";
import { AppError, notFound } from "~/server/errors";
import { idOf, newId } from "~/server/ids";
import { firstLine, inputIssues } from "~/server/input-issues";
import { assertPlanned } from "~/server/plans/assert-planned";
import type { RateHeaders } from "~/server/rate-limit/rate-headers";
import type { CallPlace } from "./call-places";
import type { Gateway } from "./gateway";
import type { CallDeployment, CallTarget } from "./target-book";

export type CallAttempt = {
  principal: Principal | null;
  agentId: string;
  /** `X-Workspace-Id`, which must then be the agent's own. */
  workspaceId: string | null;
  /** `X-Deployment-Id`: a chosen version in place of the live one. */
  deploymentId: string | null;
  body: Buffer;
  traceId: string;
  ipAddress: string | null;
  /** The caller's own trace, for the agent to go on with. */
  traceparent?: string | null;
  /** Whose leaving ends the wait for a place; absent: whoever comes again with the same key is answered. */
  caller?: ServerResponse | undefined;
  /** It is counted already. */
  rateHeaders?: RateHeaders;
};

export type AdmittedCall = {
  scope: WorkspaceScope;
  target: CallTarget;
  deployment: CallDeployment;
  request: InvokeRequest;
  sessionId: string;
  /** Resolves when a new session is durable. */
  sessionRecorded: Promise<void>;
  rateHeaders: RateHeaders;
  /** What it holds of the workspace's budget until it is settled. */
  reservation: Reservation;
  /** When it was let through: the period that is charged is this moment's. */
  admittedAt: Date;
  traceparent: string | null;
  /** Where it runs; release it once. */
  place: CallPlace;
};

const callable: ReadonlySet<string> = new Set(["ready", "active", "superseded"]);
const AgentId = idOf("agent");

export async function admitCall(gateway: Gateway, attempt: CallAttempt): Promise<AdmittedCall> {
  return admitToCallee(gateway, attempt, await findCallee(gateway, attempt));
}

/** Who calls, and what: proven to be theirs to call. */
export type Callee = { scope: WorkspaceScope; target: CallTarget };

/** The rest, once it is known who calls what. */
export async function admitToCallee(gateway: Gateway, attempt: CallAttempt, { scope, target }: Callee): Promise<AdmittedCall> {
  const request = parseRequest(attempt.body, target.plan.invokeBodyBytesMax);
  const rateHeaders = attempt.rateHeaders ?? (await countCall(gateway, { scope, target }));
  const { usage } = await gateway.periods.of(target.workspaceId);
  assertPlanned({ kind: "call", usage }, target);
  gateway.assertOpen();
  const choice = { scope, target, request, deploymentId: attempt.deploymentId };
  const { deployment, sessionId, openSession } = await chooseVersion(gateway, choice);
  const place = await gateway.places.take({
    agentId: target.agentId,
    concurrencyMax: target.concurrencyMax,
    session: { id: sessionId, whileBusy: deployment.whileBusy },
    timeoutMs: deployment.timeoutMs,
    caller: attempt.caller,
  });
  try {
    // Last of all: what is let through is called, and what is not called costs nothing.
    const { reservation, admittedAt } = await reserve(gateway, target, deployment);
    const sessionRecorded = openSession();
    // A stream asks for it only once its runtime speaks; a rejection that nobody has asked for yet would end the process.
    sessionRecorded.catch(() => undefined);
    return {
      scope,
      target,
      request,
      rateHeaders,
      place,
      reservation,
      admittedAt,
      deployment,
      sessionId,
      sessionRecorded,
      traceparent: attempt.traceparent ?? null,
    };
  } catch (thrown) {
    place.release();
    throw thrown;
  }
}

/** Against its caller's minute and month, and against the agent's own minute if it has such a limit. */
export function countCall({ rate }: Gateway, { scope, target }: Callee): RateHeaders | Promise<RateHeaders> {
  const { agentId, callsPerMinuteMax, plan } = target;
  const limited = callsPerMinuteMax === null ? null : { agentId, callsPerMinuteMax };
  return rate.count(scope.principal, plan.callsPerMinuteMax, limited);
}

/** Who waited for a place is charged to the period that it is by then; the moment that is written down is of the same one. */
async function reserve(gateway: Gateway, target: CallTarget, deployment: CallDeployment) {
  const { workspaceId, tier, plan } = target;
  const { period } = await gateway.periods.of(workspaceId);
  const admittedAt = gateway.needs.clock.now();
  const hold = { computeMs: deployment.timeoutMs, tokens: plan.tokensPerCallMax };
  return { admittedAt, reservation: await gateway.budgets.take({ workspaceId, plan: { tier, plan }, period, hold }) };
}

/** A foreign agent answers exactly as a missing one (MISSION A2). */
export async function findCallee(gateway: Gateway, attempt: CallAttempt): Promise<Callee> {
  const { principal, workspaceId, traceId, ipAddress } = attempt;
  if (!principal) throw new AppError("UNAUTHENTICATED", "Sign in, or send an API key as Authorization: Bearer.");
  // A key's rights depend on nothing but the key: judged first, they say nothing about the agent.
  const keyScope =
    principal.kind === "api_key"
      ? await mintWorkspaceScope(gateway.needs, principal, { action: "agent.invoke", workspaceId, traceId, ipAddress })
      : null;
  const target = AgentId.safeParse(attempt.agentId).success ? await gateway.targets.ofAgent(attempt.agentId) : null;
  const isWished = target !== null && (workspaceId === null || workspaceId === target.workspaceId);
  // Asked of a missing agent as well, in a workspace that nobody has: somebody else's agent costs no more than none.
  const place = isWished ? target.workspaceId : newId("workspace");
  const scope =
    keyScope ?? (await mintForPerson(gateway, principal, { action: "agent.invoke", workspaceId: place, traceId, ipAddress }));
  if (!isWished || scope.workspaceId !== target.workspaceId || !seesAgent(scope, target.agentId)) throw notFound("agent");
  if (target.isDisabled) {
    throw new AppError("CONFLICT", "This agent is disabled. Enable it, then call it again.", {
      details: { reason: "agent_disabled" },
    });
  }
  return { scope, target };
}

async function mintForPerson(
  gateway: Gateway,
  principal: Principal,
  request: Parameters<typeof mintWorkspaceScope>[2],
): Promise<WorkspaceScope> {
  try {
    return await mintWorkspaceScope(gateway.needs, principal, request);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "NOT_FOUND") throw notFound("agent");
    throw thrown;
  }
}

function parseRequest(body: Buffer, bytesMax: number): InvokeRequest {
  if (body.length > bytesMax) {
    throw new AppError("PAYLOAD_TOO_LARGE", `The body has ${body.length} bytes; at most ${bytesMax} are accepted.`);
  }
  const said = parseJson(body);
  assertFewFields(said);
  const parsed = InvokeRequest.safeParse(said);
  if (parsed.success) return parsed.data;
  const issues = inputIssues(parsed.error);
  throw new AppError("INVALID_REQUEST", firstLine(issues, "The request is not valid."), { details: { issues } });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch (cause) {
    throw new AppError("INVALID_REQUEST", 'The body is not JSON in UTF-8. Send {"input":{"prompt":"…"}}.', { cause });
  }
}

type Choice = { scope: WorkspaceScope; target: CallTarget; request: InvokeRequest; deploymentId: string | null };
/** `openSession` begins it or notes that it goes on; it resolves when that is durable. */
type Version = { deployment: CallDeployment; sessionId: string; openSession: () => Promise<void> };

/** A session stays on the deployment it began with, unless the manifest lets it move. */
async function chooseVersion(gateway: Gateway, choice: Choice): Promise<Version> {
  const { scope, target, request } = choice;
  const live = await chosenDeployment(gateway, choice);
  if (request.sessionId === undefined) {
    assertRuns(target, live);
    const deployment = live ?? refuseUndeployed();
    const sessionId = newId("agentSession");
    const begun = { id: sessionId, agentId: target.agentId, deploymentId: deployment.deploymentId };
    return { deployment, sessionId, openSession: () => gateway.sessions.open(scope, begun) };
  }
  const session = await gateway.sessions.find(scope, target.agentId, request.sessionId);
  const moves = choice.deploymentId !== null || live?.onDeploy === "move" || live?.deploymentId === session.deploymentId;
  const deployment = moves && live ? live : await deploymentOf(gateway, target, session.deploymentId);
  assertRuns(target, deployment);
  const goOn = async () => gateway.sessions.noteUse(session, deployment.deploymentId);
  return { deployment, sessionId: session.id, openSession: goOn };
}

/** What a plan does not run any more waits until there is room. */
function assertRuns(target: CallTarget, deployment: CallDeployment | null): void {
  const { runtime = null, agentCore } = deployment ?? {};
  assertPlanned({ kind: "run_agent", runtime, place: target.place, agentCore }, target);
}

function chosenDeployment(gateway: Gateway, choice: Choice): CallDeployment | null | Promise<CallDeployment | null> {
  const { scope, target, deploymentId } = choice;
  if (deploymentId === null || deploymentId === target.deployment?.deploymentId) return target.deployment;
  if (!grantMay(scope.grant, "deployment.create")) {
    throw new AppError("UNAUTHORIZED", "Only whoever may deploy can call a version that is not live. Leave X-Deployment-Id out.");
  }
  return deploymentOf(gateway, target, deploymentId);
}

async function deploymentOf(gateway: Gateway, target: CallTarget, deploymentId: string): Promise<CallDeployment> {
  const chosen = await gateway.targets.ofDeployment(deploymentId);
  if (chosen?.agentId !== target.agentId || !chosen.deployment) throw notFound("deployment");
  if (chosen.deployment.isPruned) {
    throw new AppError("CONFLICT", "This version was pruned: the plan does not keep it. Call the live one, in a new session.", {
      details: { reason: "version_pruned" },
    });
  }
  if (callable.has(chosen.deployment.status)) return chosen.deployment;
  throw new AppError("CONFLICT", `This deployment is ${chosen.deployment.status}, so it cannot be called.`, {
    details: { reason: "deployment_not_callable" },
  });
}

function refuseUndeployed(): never {
  throw new AppError("CONFLICT", "This agent has no live deployment yet. Deploy a bundle first.", {
    details: { reason: "not_deployed" },
  });
}
