// One call on a Node runtime elsewhere: the handler's frames masked and sent as they come, its time limited, what it used reported.
import type { ServerResponse } from "node:http";
import { type AgentFrame, faultCharactersMax } from "~/runtime/contract/agent-frames";
import type { AgentContext, AgentHandler, HandlerRequest } from "~/runtime/contract/handler";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import { newUlid } from "~/runtime/contract/new-ulid";
import { formatNodeFrame, type NodeFrame, type NodeGrant, type NodeRequest } from "~/runtime/contract/node-protocol";
import { printFault } from "~/runtime/handler/print-fault";
import { runHandler } from "~/runtime/handler/run-handler";
import { maskMessage } from "~/runtime/redaction/mask-message";
import type { MaskCompiler } from "~/runtime/redaction/mask-text";
import { carrySession } from "./carry-session";
import type { Reporter } from "./report-calls";

export type NodeAgent = { grant: NodeGrant; mask: MaskCompiler; handler: Promise<AgentHandler>; reporter: Reporter };

type Call = Extract<NodeRequest, { kind: "call" }>;
type Usage = { tokens: number; toolCalls: number };
/** `usage`: the handler's own count at a good end; null: what it had reported until then counts. */
type Outcome = { usage: Usage | null; isFailure: boolean };

/** Less than what proxies between us and the house take for silence. */
const keepAliveMs = 15_000;

export async function answerCall(agent: NodeAgent, asked: NodeRequest, response: ServerResponse): Promise<void> {
  const keepAlive = setInterval(() => response.write(": at work\n\n"), keepAliveMs);
  try {
    const handler = await agent.handler;
    if (asked.kind === "start") {
      await sendFrame(response, { ready: { deploymentId: agent.grant.identity.deploymentId } });
    } else {
      await runCall(agent, { handler, asked }, response);
    }
  } catch (thrown) {
    await sendFrame(response, { error: { kind: "thrown", message: maskMessage(agent.mask, describe(thrown)) } });
  } finally {
    clearInterval(keepAlive);
    response.end();
  }
}

/** Waits while the reader is slower than we; a reader who has left needs nothing any more. */
export async function sendFrame(response: ServerResponse, frame: NodeFrame): Promise<void> {
  if (response.destroyed || response.write(formatNodeFrame(frame))) return;
  await new Promise<void>((resolve) => {
    const go = () => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}

async function runCall(
  agent: NodeAgent,
  { handler, asked }: { handler: AgentHandler; asked: Call },
  response: ServerResponse,
): Promise<void> {
  const { call } = asked;
  const [startedAt, began] = [new Date(), performance.now()];
  const left = new AbortController();
  response.once("close", () => left.abort());
  const timeout = AbortSignal.timeout(Math.min(call.timeoutMs, agent.grant.timeoutMs));
  const signal = AbortSignal.any([left.signal, timeout]);
  const session = carrySession(
    call.sessionId,
    asked.session,
    (key, json) => void sendFrame(response, { session: { key, json } }),
  );
  const context = { env: envOf(agent.grant), session, agent: agentOf(agent.grant), traceId: call.traceId, signal };
  const used: Usage = { tokens: 0, toolCalls: 0 };
  const onUsage = (usage: Usage) => void Object.assign(used, usage);
  const frames = runHandler({ handler, request: toHandlerRequest(call), context, onFault: printFault, onUsage });
  const outcome = await sendAnswer(agent.mask, { frames, timeout, timeoutMs: call.timeoutMs }, response);
  if (call.isProbe) return;
  const isFailure = outcome.isFailure && !(left.signal.aborted && !timeout.aborted);
  agent.reporter.report({
    eventId: `evt_${newUlid()}`,
    traceId: call.traceId,
    timestamp: startedAt.toISOString(),
    llmTokens: (outcome.usage ?? used).tokens,
    computeMs: Math.ceil(performance.now() - began),
    toolCalls: (outcome.usage ?? used).toolCalls,
    errors: isFailure ? 1 : 0,
    errorClass: isFailure ? "runtime" : null,
  });
}

async function sendAnswer(
  compiled: MaskCompiler,
  { frames, timeout, timeoutMs }: { frames: AsyncGenerator<AgentFrame>; timeout: AbortSignal; timeoutMs: number },
  response: ServerResponse,
): Promise<Outcome> {
  const mask = compiled.open();
  for await (const frame of frames) {
    const text = typeof frame === "string" ? mask.push(frame) : mask.flush();
    if (text !== "") await sendFrame(response, text);
    if (typeof frame === "string") continue;
    if ("usage" in frame) {
      await sendFrame(response, frame);
      return { usage: frame.usage, isFailure: false };
    }
    const message = `The agent did not finish within ${timeoutMs / 1_000} s. Make it faster, or raise limits.timeoutMs.`;
    if (timeout.aborted) await sendFrame(response, { error: { ...frame.error, kind: "thrown", message }, timedOut: true });
    else await sendFrame(response, { error: { ...frame.error, message: maskMessage(compiled, frame.error.message) } });
  }
  return { usage: null, isFailure: true };
}

function toHandlerRequest(call: HostInvocation): HandlerRequest {
  const { messages, sessionId, metadata } = call;
  return { input: { messages }, sessionId, options: call.options as HandlerRequest["options"], metadata };
}

function envOf({ env, variables }: NodeGrant): AgentContext["env"] {
  return Object.freeze({ ...variables, ...env });
}

function agentOf({ identity, version }: NodeGrant): AgentContext["agent"] {
  return { id: identity.agentId, deploymentId: identity.deploymentId, version };
}

/** Why the bundle did not load. */
function describe(thrown: unknown): string {
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return text.slice(0, faultCharactersMax);
}
