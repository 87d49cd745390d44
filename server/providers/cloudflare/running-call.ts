// One call under way: its frames, its clock, and the three things that end it early: its caller, its time limit, and a stop of its deployment.
import type { AgentFault, AgentFrame } from "~/runtime/contract/agent-frames";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import { newUlid } from "~/runtime/contract/new-ulid";
import { type ScriptCall, scriptPaths } from "~/runtime/contract/placed-script";
import { AppError } from "~/server/errors";
import type { HeldAnswer } from "~/server/providers/held-answers";
import { withSpent } from "~/server/providers/spent-at-fault";
import { readFrames } from "./read-frames";
import type { ScriptClient, ScriptRoute } from "./script-client";

export type RunningCall = {
  call: HostInvocation;
  held: HeldAnswer;
  frames: AsyncGenerator<AgentFrame, void, undefined>;
  usageOf(reported: { tokens: number; toolCalls: number }): { tokens: number; toolCalls: number; computeMs: number };
  /** Ends the call at the script within a moment. Safe to call twice. */
  end(): void;
};

export type CallTarget = {
  client: ScriptClient;
  route: ScriptRoute;
  call: HostInvocation;
  held: HeldAnswer;
  signal: AbortSignal;
  onEnd(): void;
};

/** Resolves when the script has begun to answer. */
export async function startCall({ client, route, call, held, signal, onEnd }: CallTarget): Promise<RunningCall> {
  const startedAt = performance.now();
  const life = new AbortController();
  const cut = () => life.abort(signal.reason);
  const timer = setTimeout(() => life.abort(timeoutOf(call)), call.timeoutMs);
  signal.addEventListener("abort", cut, { once: true });
  if (signal.aborted) cut();
  const end = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", cut);
    life.abort(new Error("The call is over."));
    onEnd();
  };
  try {
    const asked: ScriptCall = { call, eventId: `evt_${newUlid()}` };
    const answer = await client.open(route, { method: "POST", path: scriptPaths.invoke, body: asked, signal: life.signal });
    return {
      call,
      held,
      frames: untilCut(readFrames(answer, held), life.signal, end),
      usageOf: (reported) => ({ ...reported, computeMs: Math.ceil(performance.now() - startedAt) }),
      end,
    };
  } catch (thrown) {
    end();
    throw thrown;
  }
}

/** What broke because we cut it is said with the reason of the cut. A fault of the agent is an error like any other. */
async function* untilCut(
  frames: AsyncGenerator<AgentFrame, void, undefined>,
  life: AbortSignal,
  end: () => void,
): AsyncGenerator<AgentFrame, void, undefined> {
  try {
    for await (const frame of frames) {
      if (typeof frame !== "string" && "error" in frame) throw faultOf(frame.error);
      yield frame;
    }
  } catch (thrown) {
    if (life.aborted) throw life.reason;
    throw thrown;
  } finally {
    end();
  }
}

function faultOf({ kind, message, usage }: AgentFault): AppError {
  return withSpent(new AppError("RUNTIME_ERROR", message, { details: { reason: `agent_${kind}` } }), usage);
}

function timeoutOf({ timeoutMs }: HostInvocation): AppError {
  const message = `The agent did not finish within ${timeoutMs / 1_000} s. Make it faster, or raise limits.timeoutMs.`;
  return new AppError("RUNTIME_ERROR", message, { retryable: true, details: { timedOut: true } });
}
