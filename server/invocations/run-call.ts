// One admitted call from the provider's first byte to its record: as a whole answer or as a stream, with one clock and one way to stop.
import type { ServerResponse } from "node:http";
import { addAbortSignal } from "node:stream";
import type { InvocationOutcome } from "~/db/tables/invocations";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import { type InvokeResponse, messagesOf } from "~/runtime/contract/invoke";
import { principalName } from "~/server/auth/principal";
import { HeardAnswer } from "~/server/conversations/heard-answer";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import { subjectOf } from "~/server/incidents/access-subject";
import { openAccessOf } from "~/server/incidents/open-access";
import type { PlacedDeployment } from "~/server/providers/provider";
import { toStorableText } from "~/server/storable-text";
import type { AdmittedCall } from "./admit-call";
import { assertAnswerFits } from "./assert-answer-fits";
import type { NewInvocation } from "./call-records.queries";
import { chargedTokens, tokensAt } from "./charged-tokens";
import { errorClassOf } from "./error-class-of";
import { explainFault } from "./explain-fault";
import type { Gateway } from "./gateway";
import { type KeptStreamCall, keepStream } from "./kept-stream-call";
import { measureCall } from "./measure-call";
import { providerOfCall } from "./provider-of-call";
import { relayStream } from "./relay-stream";
import { wasTurnedAway } from "./was-turned-away";

/** The runtime keeps the exact time itself and answers with better words; this is for a runtime that does not. */
const graceMs = 1_000;

/** A caller who may not go on and does not read why within this loses the connection. */
const hangUpMs = 1_000;

/** `tokens` null: nobody has said what it used. */
type Ending = { outcome: InvocationOutcome; error: { code: string; message: string } | null; tokens: number | null };

const gone = { outcome: "aborted", error: null } as const;

/** Resolves with the whole answer. Rejects with what the caller is told; null when there is nobody left to tell. */
export async function runJsonCall(
  gateway: Gateway,
  call: AdmittedCall,
  response: ServerResponse,
  options: { outlivesCaller?: boolean } = {},
): Promise<InvokeResponse | null> {
  const run = startRun(gateway, call, { response, mode: "json", outlivesCaller: options.outlivesCaller ?? false });
  try {
    const provider = providerOfCall(gateway, call);
    run.signal.throwIfAborted();
    const [answer] = await Promise.all([
      provider.invoke(placeOf(call), run.invocation, { signal: run.signal }),
      call.sessionRecorded,
    ]);
    assertAnswerFits(answer, call.target.plan.answerBytesMax);
    run.noteFirstByte();
    run.heard?.say(answer.output.text);
    run.finish({ outcome: "ok", error: null, tokens: answer.usage.tokens });
    return answer;
  } catch (thrown) {
    const error = run.explain(thrown);
    run.fail(thrown, error);
    if (run.hasLeft()) return null;
    throw error;
  }
}

/** Resolves when the stream has ended, one way or another. Rejects only while an error answer can still be sent. */
export async function runStreamCall(
  gateway: Gateway,
  call: AdmittedCall,
  response: ServerResponse,
  out: { sendHead: () => void; onPassed?: (bytes: Buffer) => void },
): Promise<InvocationOutcome> {
  const run = startRun(gateway, call, { response, mode: "stream" });
  let kept: KeptStreamCall | null = null;
  try {
    const provider = providerOfCall(gateway, call);
    kept = keepStream(gateway, call, { provider, run });
    const wish = kept ? { wish: kept.wish } : {};
    run.signal.throwIfAborted();
    const upstream = await provider.stream(placeOf(call), run.invocation, { signal: run.signal, ...wish });
    // Whatever happens from here on, an unread stream must not stay open, nor one whose caller was cut off.
    addAbortSignal(run.signal, upstream);
    await call.sessionRecorded.catch((error: Error) => upstream.destroy(error));
    const goesOn = kept !== null && out.onPassed !== undefined;
    kept?.tie({ upstream, response, goesOn });
    const ending = await relayStream(upstream, response, {
      traceId: call.scope.traceId,
      bytesMax: call.target.plan.answerBytesMax,
      explain: run.explain,
      goesOn,
      onPassed: (bytes) => {
        out.onPassed?.(bytes);
        run.heard?.note(bytes);
      },
      onFirstByte: () => {
        run.noteFirstByte();
        out.sendHead();
        if (kept) run.letGo();
      },
    });
    const last = kept ? await kept.untilOver(ending) : ending;
    if (last) run.finish(last);
    else run.handOver();
    return last?.outcome ?? "aborted";
  } catch (thrown) {
    const error = run.explain(thrown);
    kept?.giveUp();
    run.fail(thrown, error);
    if (!run.hasLeft()) throw error;
    return "aborted";
  }
}

function placeOf({ target, deployment }: AdmittedCall): PlacedDeployment {
  return { deploymentId: deployment.deploymentId, agentId: target.agentId, workspaceId: target.workspaceId };
}

/** `outlivesCaller`: whoever comes again with the same key is answered, so the call goes on when its caller does not. */
type Exchange = { response: ServerResponse; mode: "json" | "stream"; outlivesCaller?: boolean };

/** Starts the clock, and ties the call to whatever may end it. */
function startRun(gateway: Gateway, call: AdmittedCall, { response, mode, outlivesCaller = false }: Exchange) {
  const began = performance.now();
  const stop = new AbortController();
  const heard = call.target.keepsConversations ? new HeardAnswer() : null;
  let firstByteMs: number | null = null;
  let hasLeft = false;
  let isLetGo = false;
  const leave = () => {
    if (outlivesCaller || isLetGo) return;
    hasLeft = !response.writableFinished;
    stop.abort(new Error("The caller went away."));
  };
  // What can be resumed is left to another gateway.
  const cut = (why: AppError) => void (isLetGo || stop.abort(why));
  const untie = tie(gateway, call, { response, mode }, { stop, leave, cut });
  const isAsked = !stop.signal.aborted;
  const finish = (ending: Ending) => {
    untie();
    // Nobody waits for the runtime any more, whatever it is still doing; one that has answered does nothing any more.
    if (ending.outcome !== "ok") stop.abort(new Error("The call is over."));
    conclude(gateway, call, ending, { mode, began, firstByteMs, heard, isAsked });
  };
  return {
    invocation: invocationOf(call),
    signal: stop.signal,
    heard,
    hasLeft: () => hasLeft,
    noteFirstByte: () => {
      firstByteMs ??= Math.ceil(performance.now() - began);
    },
    /** Our own reason for stopping wins over the words in which the runtime noticed it. */
    explain: (thrown: unknown) => explainFault(stop.signal.aborted ? stop.signal.reason : thrown),
    /** The caller knows how to come back: losing them, or this gateway, stops nothing any more. */
    letGo: () => {
      isLetGo = true;
    },
    isLetGo: () => isLetGo,
    /** It goes on without this gateway: its place runs out, and its report settles it when the lease has. */
    handOver: () => {
      untie();
      if (!heard) return;
      heard.breakOff();
      keepTurn(gateway, call, { heard, outcome: "aborted" });
    },
    finish,
    fail: (thrown: unknown, error: AppError) =>
      finish({ ...(hasLeft ? gone : { outcome: "error", error }), tokens: tokensAt(thrown, stop.signal) }),
  };
}

type Seen = { mode: "json" | "stream"; began: number; firstByteMs: number | null; heard: HeardAnswer | null; isAsked: boolean };

/** Gives its place back and has it written down. */
function conclude(gateway: Gateway, call: AdmittedCall, ending: Ending, seen: Seen): void {
  const { mode, began, firstByteMs, heard, isAsked } = seen;
  call.place.release();
  const counts = { mode, firstByteMs, computeMs: Math.ceil(performance.now() - began) };
  if (heard) keepTurn(gateway, call, { heard, outcome: ending.outcome });
  const reachedRuntime = isAsked && !wasTurnedAway(ending.error);
  const spent = chargedTokens(ending.tokens, { reachedRuntime, hold: call.reservation.hold });
  // Spread into a new one they would cost forty times as much.
  settle(gateway, call, Object.assign(rowOf(call), errorOf(ending), counts, spent, { reachedRuntime }));
}

type Ties = { stop: AbortController; leave: () => void; cut: (why: AppError) => void };

/** To its caller's connection and rights, to its time limit and to the life of the gateway; answers how to take that back. */
function tie(gateway: Gateway, call: AdmittedCall, exchange: Exchange, { stop, leave, cut }: Ties): () => void {
  const { response } = exchange;
  const { timeoutMs } = call.deployment;
  const withdraw = withdrawWhenCut(gateway, call, exchange, stop);
  const timer = setTimeout(() => stop.abort(outOfTime(timeoutMs)), timeoutMs + graceMs);
  call.place.interrupted((why) => stop.abort(why));
  response.once("close", leave);
  if (response.destroyed) leave();
  const stay = gateway.whenCut(cut);
  return () => {
    clearTimeout(timer);
    withdraw();
    response.off("close", leave);
    stay();
  };
}

/** Behind the answer: nobody waits for it, and nothing of the call hangs on it. */
function keepTurn(
  gateway: Gateway,
  call: AdmittedCall,
  { heard, outcome }: { heard: HeardAnswer } & Pick<Ending, "outcome">,
): void {
  const { traceId, startedAt, workspaceId, agentId, deploymentId, principal } = rowOf(call);
  const place = { workspaceId, agentId, deploymentId, sessionId: call.sessionId };
  const said = { messages: messagesOf(call.request), answer: heard.text, isAnswerCut: heard.isCut };
  gateway.conversations.keep({ ...place, ...said, traceId, startedAt, principal, outcome });
}

/** Whoever used more than they held is stopped until that is counted. */
function settle(gateway: Gateway, call: AdmittedCall, row: NewInvocation): void {
  measureCall(call.deployment.runtime, row);
  const settled = gateway.recorder.record(call.reservation, row);
  const { hold } = call.reservation;
  if (row.computeMs <= hold.computeMs && (row.tokens ?? 0) <= hold.tokens) return;
  gateway.budgets.noteExcess(row.workspaceId, settled);
}

function errorOf({ outcome, error }: Ending) {
  return {
    outcome,
    errorCode: error?.code ?? null,
    errorClass: error ? errorClassOf(error.code) : null,
    errorMessage: error ? toStorableText(error.message.slice(0, 1_000)) : null,
  };
}

/** Ends the call when its caller may not go on; answers how to take that back. */
function withdrawWhenCut(gateway: Gateway, call: AdmittedCall, { response, mode }: Exchange, stop: AbortController): () => void {
  let hangUp: NodeJS.Timeout | undefined;
  const subject = subjectOf(mode === "stream" ? "stream" : "call", call.scope.principal, call.target.workspaceId);
  const release = openAccessOf(gateway.needs).register(subject, (why) => {
    stop.abort(why);
    hangUp = setTimeout(() => response.destroy(), hangUpMs);
  });
  return () => {
    release();
    clearTimeout(hangUp);
  };
}

function rowOf(call: AdmittedCall) {
  return {
    id: newId("invocation"),
    traceId: call.scope.traceId,
    startedAt: call.admittedAt,
    workspaceId: call.target.workspaceId,
    agentId: call.target.agentId,
    deploymentId: call.deployment.deploymentId,
    sessionId: call.sessionId,
    principal: principalName(call.scope.principal),
  };
}

function invocationOf(call: AdmittedCall): HostInvocation {
  const { request, deployment, traceparent } = call;
  return {
    traceId: call.scope.traceId,
    sessionId: call.sessionId,
    messages: messagesOf(request),
    options: request.options ?? {},
    metadata: traceparent ? { traceparent, ...request.metadata } : (request.metadata ?? {}),
    timeoutMs: deployment.timeoutMs,
  };
}

function outOfTime(timeoutMs: number): AppError {
  return new AppError("RUNTIME_ERROR", `The agent did not finish within ${timeoutMs} ms.`, {
    retryable: true,
    details: { timedOut: true, reason: "timeout" },
  });
}
