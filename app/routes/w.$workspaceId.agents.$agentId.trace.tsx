// All that is known of one trace id: its calls, the reports of the runtime, and what the agent printed meanwhile.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { SearchX } from "lucide-react";
import { placeOf } from "~/app/agents/place-of";
import { TraceSearch } from "~/app/invocations/trace-search";
import { LogLines } from "~/app/logs/log-lines";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { loadTrace } from "~/app/traces/load-trace";
import { TraceCallPanel } from "~/app/traces/trace-calls";
import { TraceEvents } from "~/app/traces/trace-events";
import { EmptyState } from "~/app/ui/empty-state";
import { Panel } from "~/app/ui/panel";
import { ShortId } from "~/app/ui/short-id";
import { IfMay } from "~/app/workspaces/if-may";

export function meta() {
  return pageTitle("Trace");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const traceId = new URL(request.url).searchParams.get("id")?.trim().slice(0, 40) ?? "";
  const known = await load({ request, context }, () => loadTrace(context.api(at.workspaceId), { at, traceId }));
  return { at, traceId, ...known };
}

export default function Trace() {
  const { at, traceId, trace, lines } = useLoaderData<typeof loader>();
  const isKnown = trace.calls.length + trace.events.length > 0;
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="flex items-center gap-2 font-medium text-ink text-sm">
          Trace {traceId ? <ShortId id={traceId} /> : null}
          <IfMay action="audit.read">
            <Link
              to={paths.audit(at.workspaceId, { trace: traceId })}
              className="text-ink-3 text-xs underline-offset-4 hover:underline"
            >
              in the audit log
            </Link>
          </IfMay>
        </h2>
        <TraceSearch at={at} trace={traceId} />
      </div>
      {isKnown ? null : (
        <Panel isFlush>
          <EmptyState icon={SearchX} title={traceId ? "No call has this trace id" : "Which call?"}>
            Every answer carries its trace id, in the header <code className="font-mono">x-trace-id</code> and in its body. A call
            appears here the moment it has ended; refusals before an agent is asked are in no list of calls.
          </EmptyState>
        </Panel>
      )}
      {trace.calls.map((call, place) => (
        <TraceCallPanel
          key={`${call.deploymentId} ${call.startedAt.getTime()} ${call.computeMs}`}
          call={call}
          workspaceId={at.workspaceId}
          number={trace.calls.length > 1 ? place + 1 : null}
        />
      ))}
      {isKnown ? <TraceEvents events={trace.events} /> : null}
      {lines ? (
        <Panel title="Output" description="What was printed while no other call of the agent was under way." isFlush>
          <LogLines
            lines={lines}
            at={at}
            emptyTitle="Nothing was printed for this call"
            emptyText="Lines that are printed while several calls run carry no trace id: the logs of the agent have them."
          />
        </Panel>
      ) : null}
    </div>
  );
}
