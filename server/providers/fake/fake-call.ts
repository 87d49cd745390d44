// One call of a handler in this process: the same frames, masking, limits and errors as the real host, without processes.

import type { AgentFault, AgentFrame } from "~/runtime/contract/agent-frames";
import { formatDelta, formatEvent } from "~/runtime/contract/event-stream";
import type { AgentContext, AgentHandler, HandlerRequest } from "~/runtime/contract/handler";
import type { HostInvocation, HostLogLine, Placement } from "~/runtime/contract/host-protocol";
import type { InvokeResponse } from "~/runtime/contract/invoke";
import { openSession } from "~/runtime/handler/open-session";
import { runHandler } from "~/runtime/handler/run-handler";
import type { MaskCompiler } from "~/runtime/redaction/mask-text";
import { AppError } from "~/server/errors";
import { spentWords, withSpent } from "~/server/providers/spent-at-fault";

export type FakeAgent = {
  placement: Placement;
  handler: AgentHandler;
  env: Record<string, string>;
  secretVersions: Record<string, number>;
  mask: MaskCompiler;
  /** Values of all sessions, under session id and key. */
  sessions: Map<string, string>;
  logs: HostLogLine[];
};

type Answer = {
  first: AgentFrame;
  frames: AsyncGenerator<AgentFrame, void, undefined>;
  startedAt: number;
  timeout: AbortSignal;
  stop(): void;
};

/** Runs until the first frame, so that an early error is a rejection and not an event. */
export async function openAnswer(agent: FakeAgent, call: HostInvocation, signal: AbortSignal): Promise<Answer> {
  const stopper = new AbortController();
  const timeout = AbortSignal.timeout(Math.min(call.timeoutMs, agent.placement.timeoutMs));
  const frames = runHandler({
    handler: agent.handler,
    request: {
      input: { messages: call.messages },
      sessionId: call.sessionId,
      options: call.options as HandlerRequest["options"],
      metadata: call.metadata,
    },
    context: contextOf(agent, call, AbortSignal.any([signal, timeout, stopper.signal])),
    onFault: (thrown) =>
      agent.logs.push({ at: new Date().toISOString(), stream: "stderr", line: agent.mask.mask(String(thrown)) }),
  });
  const startedAt = performance.now();
  const { value: first } = await frames.next();
  signal.throwIfAborted();
  if (first === undefined) throw new AppError("RUNTIME_ERROR", "The agent ended without an answer.");
  if (typeof first !== "string" && "error" in first) throw faultOf(agent, first.error, timeout);
  return { first, frames, startedAt, timeout, stop: () => stopper.abort() };
}

export async function collectAnswer(agent: FakeAgent, call: HostInvocation, signal: AbortSignal): Promise<InvokeResponse> {
  const answer = await openAnswer(agent, call, signal);
  let text = "";
  for await (const frame of allFrames(answer)) {
    signal.throwIfAborted();
    if (typeof frame === "string") text += frame;
    else if ("error" in frame) throw faultOf(agent, frame.error, answer.timeout);
    else
      return {
        output: { text: agent.mask.mask(text) },
        sessionId: call.sessionId,
        usage: usageOf(answer, frame.usage),
        traceId: call.traceId,
      };
  }
  throw new AppError("RUNTIME_ERROR", "The agent ended without an answer.");
}

export async function* streamAnswer(
  agent: FakeAgent,
  call: HostInvocation,
  answer: Answer,
): AsyncGenerator<string, void, undefined> {
  const mask = agent.mask.open();
  const { traceId, sessionId } = call;
  let id = 0;
  const next = () => {
    id += 1;
    return id;
  };
  try {
    yield formatEvent(next(), { event: "meta", data: { traceId, sessionId, deploymentId: agent.placement.deploymentId } });
    for await (const frame of allFrames(answer)) {
      const isText = typeof frame === "string";
      const text = isText ? mask.push(frame) : mask.flush();
      if (text !== "") yield formatDelta(next(), text);
      if (isText) continue;
      if ("error" in frame) {
        const fault = faultOf(agent, frame.error, answer.timeout);
        const { code, message, retryable } = fault;
        yield formatEvent(next(), {
          event: "error",
          data: { error: { code, message, retryable }, traceId, ...spentWords(fault) },
        });
      } else {
        yield formatEvent(next(), { event: "usage", data: usageOf(answer, frame.usage) });
        yield formatEvent(next(), { event: "done", data: {} });
      }
    }
  } finally {
    answer.stop();
  }
}

async function* allFrames(answer: Answer): AsyncGenerator<AgentFrame, void, undefined> {
  yield answer.first;
  yield* answer.frames;
}

function usageOf(answer: Answer, usage: { tokens: number; toolCalls: number }) {
  return { ...usage, computeMs: Math.ceil(performance.now() - answer.startedAt) };
}

function faultOf(agent: FakeAgent, { message, usage }: AgentFault, timeout: AbortSignal): AppError {
  if (timeout.aborted) {
    const late = new AppError("RUNTIME_ERROR", "The agent ran out of time.", { retryable: true, details: { timedOut: true } });
    return withSpent(late, usage);
  }
  return withSpent(new AppError("RUNTIME_ERROR", agent.mask.mask(message)), usage);
}

function contextOf(agent: FakeAgent, call: HostInvocation, signal: AbortSignal): Omit<AgentContext, "reportUsage"> {
  const { agentId, deploymentId, version } = agent.placement;
  return {
    env: Object.freeze({ ...agent.env }),
    session: openSession({ idFromName: (name) => name, get: (id) => storeOf(agent.sessions, String(id)) }, call.sessionId),
    agent: { id: agentId, deploymentId, version },
    traceId: call.traceId,
    signal,
  };
}

function storeOf(values: Map<string, string>, sessionId: string) {
  const place = (key: string) => `${sessionId}/${key}`;
  return {
    read: async (key: string) => values.get(place(key)),
    write: async (key: string, json: string) => void values.set(place(key), json),
    remove: async (key: string) => void values.delete(place(key)),
  };
}
