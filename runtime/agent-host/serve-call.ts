// From a request of the house to the agent and back: begin, answer, abort when the caller goes, record what it used.
import type { IncomingMessage, ServerResponse } from "node:http";
import { HostInvocation } from "~/runtime/contract/host-protocol";
import { newUlid } from "~/runtime/contract/new-ulid";
import { maskMessage } from "~/runtime/redaction/mask-message";
import { type Answer, answerJson } from "./answer-json";
import { answerStream } from "./answer-stream";
import { type CallOutcome, callAgent, type RunningCall } from "./call-agent";
import type { ChannelBook } from "./channel-book";
import type { DeploymentRunner, RunningAgent } from "./deployment-runner";
import { type EventOutlet, outletTo } from "./event-outlet";
import { type EventSink, sinkTo } from "./event-sink";
import type { HeldAnswer, HeldAnswers } from "./held-answers";
import { HostError, toHostError } from "./host-error";
import { readBody } from "./read-body";
import { sendError } from "./send-json";
import type { StreamBook } from "./stream-book";
import { readStreamWish, type StreamWish } from "./stream-wish";

const bodyBytesMax = 8 * 1024 * 1024;

export type CallPlace = { runner: DeploymentRunner; streams: StreamBook; channels: ChannelBook; held: HeldAnswers };

/** Settles when the call is over and recorded. Rejects only for what was wrong with the request itself. */
export async function serveCall(place: CallPlace, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { runner } = place;
  const wish = readStreamWish(request.headers);
  const body = await readBody(request, bodyBytesMax);
  const call = parseInvocation(body);
  const startedAt = new Date();
  const agent = await runner.beginCall().catch((thrown: unknown) => {
    const error = toHostError(thrown);
    const usage = { tokens: 0, toolCalls: 0, computeMs: Date.now() - startedAt.getTime() };
    recordOutcome(runner, { call, startedAt, outcome: { kind: "failed", usage, error } });
    sendError(response, error);
    return null;
  });
  if (agent === null) return;
  const noteEnd = runner.underway.begin(call);
  const outcome = await runCall({ ...place, agent, call, body, wish }, request, response).finally(() => {
    noteEnd();
    agent.process.endCall();
  });
  recordOutcome(runner, { call, startedAt, outcome });
}

type CallTarget = CallPlace & {
  agent: RunningAgent;
  call: HostInvocation;
  body: Buffer;
  wish: StreamWish | null;
};

async function runCall(target: CallTarget, request: IncomingMessage, response: ServerResponse): Promise<CallOutcome> {
  const { runner, agent, call, body, channels } = target;
  const isStream = request.headers.accept?.includes("text/event-stream") ?? false;
  const outlet = isStream ? openOutlet(target, channels.sinkOf(request, response)) : outletTo(sinkTo(response));
  const held = target.held.open(runner.record.deploymentId, (error) => running.fail(error));
  const answer = isStream
    ? answerAsEvents({ ...target, answer: held }, outlet, () => running)
    : answerJson(response, { call, mask: agent.mask, held });
  const timeoutMs = Math.min(call.timeoutMs, runner.record.timeoutMs);
  const running: RunningCall = callAgent(agent.process, { body, timeoutMs, held }, answer);
  outlet.bind(running);
  try {
    const outcome = masked(await running.outcome, agent);
    if (outcome.kind === "done") agent.process.hasServed = true;
    await answer.end(outcome);
    return outcome;
  } finally {
    held.release();
  }
}

function openOutlet({ runner, streams, wish }: CallTarget, sink: EventSink): EventOutlet {
  if (wish === null) return outletTo(sink);
  const { streamId, bytesMax } = wish;
  return streams.open({ streamId, bytesMax, deploymentId: runner.record.deploymentId }, sink);
}

function answerAsEvents(
  { runner, agent, call, wish, answer }: CallTarget & { answer: HeldAnswer },
  outlet: EventOutlet,
  running: () => RunningCall,
): Answer {
  const { deploymentId } = runner.record;
  const target = { call, deploymentId, held: answer, mask: agent.mask, resumeUrl: wish?.resumeUrl };
  return answerStream(outlet, target, running);
}

/** What an agent threw may hold a secret as well as what it said. */
function masked(outcome: CallOutcome, { mask }: RunningAgent): CallOutcome {
  if (outcome.kind !== "failed") return outcome;
  const { code, message, options } = outcome.error;
  const isAgents = options.details?.reason?.startsWith("agent_") ?? false;
  return { ...outcome, error: new HostError(code, isAgents ? maskMessage(mask, message) : mask.mask(message), options) };
}

function recordOutcome(runner: DeploymentRunner, ended: { call: HostInvocation; startedAt: Date; outcome: CallOutcome }): void {
  if (ended.call.isProbe) return;
  const { usage, kind } = ended.outcome;
  runner.recordCall({
    eventId: `evt_${newUlid()}`,
    traceId: ended.call.traceId,
    timestamp: ended.startedAt.toISOString(),
    llmTokens: usage.tokens,
    computeMs: usage.computeMs,
    toolCalls: usage.toolCalls,
    errors: kind === "failed" ? 1 : 0,
    errorClass: kind === "failed" ? "runtime" : null,
  });
}

function parseInvocation(body: Buffer): HostInvocation {
  const parsed = HostInvocation.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HostError("INVALID_REQUEST", `${issue?.path.join(".") || "body"}: ${issue?.message ?? "is not valid"}`);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new HostError("INVALID_REQUEST", "The body is not JSON.");
  }
}
