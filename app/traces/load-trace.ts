// Everything known of one trace id that this person may see: calls, reports, and what the agent printed meanwhile.
import type { AgentPlace } from "~/app/paths";
import { load, submit, unlessForbidden } from "~/app/rpc";
import type { Caller } from "~/server/router";

type Place = Parameters<typeof load>[0];
type Line = Awaited<ReturnType<Caller["invocations"]["logs"]>>["items"][number];

/** Lines carry no trace id: those of the call's own time are shown, and a moment of what comes after it. */
const afterMs = 1_000;
const linesMax = 1_000;

/** `lines` null: they are not this person's to see, or their runtime does not answer. */
export async function loadTrace(place: Place, api: Caller, { at, traceId }: { at: AgentPlace; traceId: string }) {
  const trace = await load(place, () => api.invocations.trace({ traceId }));
  const times = trace.calls
    .filter((call) => call.agentId === at.agentId && call.deploymentStatus === "active")
    .map((call) => ({ from: call.startedAt.getTime(), to: call.startedAt.getTime() + call.computeMs + afterMs }));
  if (times.length === 0) return { trace, lines: null };
  let printed: Line[] | null = null;
  await submit(place, async () => {
    const output = await unlessForbidden(() => api.invocations.logs({ agentId: at.agentId, limit: linesMax }));
    printed = output?.items ?? null;
  });
  const lines = (printed as Line[] | null)?.filter((line) => {
    const moment = Date.parse(line.at);
    return times.some(({ from, to }) => moment >= from && moment <= to);
  });
  return { trace, lines: lines ?? null };
}
