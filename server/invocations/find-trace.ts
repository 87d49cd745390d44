// All that is known of one trace id: its calls as the gateway measured them, and the reports of the runtime. Never what was said.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import { reportedByTrace, toInvocationItem } from "./invocation-items";
import type { Trace } from "./invocations.contract";
import { listCallsOfTrace, listEventsOfTrace } from "./look-back.queries";
import { nameCaller } from "./name-caller";

const callsMax = 20;
const eventsMax = 50;

/** Another workspace's trace is empty, exactly as one that nobody ever saw. */
export function findTrace(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  { traceId }: { traceId: string },
): Promise<Trace> {
  return inWorkspace(needs.db, scope, async (tx) => {
    const rows = await listCallsOfTrace(tx, scope, { traceId, limit: callsMax });
    const reported = await reportedByTrace(tx, scope, rows);
    return {
      traceId,
      calls: rows.map((row) => ({
        ...toInvocationItem(row, reported),
        caller: row.isRecovered ? null : nameCaller(row, scope, needs.clock.now()),
        deploymentStatus: row.deploymentStatus,
        runtime: row.runtime,
        isRecovered: row.isRecovered,
      })),
      events: await listEventsOfTrace(tx, scope, { traceId, limit: eventsMax }),
    };
  });
}
