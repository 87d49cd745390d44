// Everything known of one trace id that this person may see: calls, reports, and what the agent printed for it.
import type { AgentPlace } from "~/app/paths";
import { unlessForbidden } from "~/app/rpc";
import type { Caller } from "~/server/router";

/** Around the calls: clocks of runtimes are not ours to the millisecond, and a process may print after its answer. */
const aroundMs = 60_000;
const linesMax = 500;

/** `lines` null: they are not this person's to see, or there is no call that could have printed any. */
export async function loadTrace(api: Caller, { at, traceId }: { at: AgentPlace; traceId: string }) {
  const trace = await api.invocations.trace({ traceId });
  const calls = trace.calls.filter((call) => call.agentId === at.agentId);
  const begun = calls.map((call) => call.startedAt.getTime());
  const ended = calls.map((call) => call.startedAt.getTime() + call.computeMs);
  if (calls.length === 0) return { trace, lines: null };
  const span = {
    from: new Date(Math.min(...begun) - aroundMs).toISOString(),
    to: new Date(Math.max(...ended) + aroundMs).toISOString(),
  };
  const wish = { agentId: at.agentId, traceId, ...span, order: "oldest" as const, limit: linesMax };
  const output = await unlessForbidden(() => api.logs.list(wish));
  return { trace, lines: output?.items ?? null };
}
