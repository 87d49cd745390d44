// The worker that every bundle becomes: it takes a call from the agent host, runs the handler and streams frames back.
import { agentFramesType, type ReportedFrame, reportedHeader } from "~/runtime/contract/agent-frames";
import type { AgentContext } from "~/runtime/contract/handler";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import { openSession, type SessionNamespace } from "./open-session";
import { printFault } from "./print-fault";
import { resolveHandler } from "./resolve-handler";
import { runHandler } from "./run-handler";
import { streamFrames } from "./stream-frames";
import { toHandlerRequest } from "./to-handler-request";

/** Bindings that are ours have lower-case names: keys of a manifest are upper-case, so the two never meet. */
type WorkerEnv = Record<string, unknown> & { agent: AgentContext["agent"]; sessions: SessionNamespace };

type ExecutionContext = { waitUntil(work: Promise<unknown>): void };

/** `exported` is the namespace of the entry point, `entrypoint` its path for messages. */
export function createWorker(exported: unknown, entrypoint: string) {
  const handler = resolveHandler(exported, entrypoint);
  // The runtime drops these silently; printed, they reach the agent's log.
  addEventListener("unhandledrejection", (event) => printFault(event.reason));
  return {
    async fetch(request: Request, env: WorkerEnv, execution: ExecutionContext): Promise<Response> {
      const call: HostInvocation = await request.json();
      // Called only while the handler runs, which is while its frames are read.
      let report: (frame: ReportedFrame) => void = () => undefined;
      const isAsked = request.headers.has(reportedHeader);
      const frames = runHandler({
        handler,
        request: toHandlerRequest(call),
        context: createContext(call, env, request.signal),
        onFault: printFault,
        onUsage: (usage) => report({ reported: usage }),
      });
      const { body, finished, ...out } = streamFrames(frames);
      if (isAsked) report = out.report;
      execution.waitUntil(finished);
      return new Response(body, { headers: { "content-type": agentFramesType } });
    },
  };
}

function createContext(call: HostInvocation, env: WorkerEnv, signal: AbortSignal): Omit<AgentContext, "reportUsage"> {
  return {
    env: configuredKeys(env),
    session: openSession(env.sessions, call.sessionId),
    agent: env.agent,
    traceId: call.traceId,
    signal,
  };
}

function configuredKeys(env: WorkerEnv): Readonly<Record<string, string>> {
  return Object.freeze(
    Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === "string")),
  );
}
