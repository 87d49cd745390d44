// The calls that this process has under way and the processes at AgentCore that it has had to do with lately, so that both can be ended.
import { AppError } from "~/server/errors";

export type LiveCall = { deploymentId: string; runtimeSessionId: string; abort(reason: Error): void };

export type LiveCalls = {
  /** The call counts as live until the answered function is called. */
  add(call: LiveCall): () => void;
  /** A call of this process is in the session. */
  isBusy(runtimeSessionId: string): boolean;
  /** Cuts every call of a version; answers its sessions of late, which are forgotten here. */
  end(deploymentId: string): string[];
};

/** An idle process is gone by itself before so many others were begun. */
const recentMax = 5_000;

export function createLiveCalls(): LiveCalls {
  const live = new Set<LiveCall>();
  const recent = new Map<string, string>();
  return {
    add(call) {
      live.add(call);
      recent.delete(call.runtimeSessionId);
      recent.set(call.runtimeSessionId, call.deploymentId);
      const [oldest] = recent.keys();
      if (recent.size > recentMax && oldest !== undefined) recent.delete(oldest);
      return () => void live.delete(call);
    },
    isBusy: (runtimeSessionId) => [...live].some((call) => call.runtimeSessionId === runtimeSessionId),
    end(deploymentId) {
      const stopped = new AppError("RUNTIME_ERROR", "The agent was stopped by the platform.", { retryable: true });
      for (const call of live) if (call.deploymentId === deploymentId) call.abort(stopped);
      const sessions = [...recent].filter(([, owner]) => owner === deploymentId).map(([session]) => session);
      for (const session of sessions) recent.delete(session);
      return sessions;
    },
  };
}
