// Logs of an agent: its calls, and what it prints.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { InvocationsTable } from "~/app/invocations/invocations-table";
import { TraceSearch } from "~/app/invocations/trace-search";
import { LogPanel } from "~/app/logs/log-panel";
import { linesAsked, logSearchOf } from "~/app/logs/log-search";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load, unlessForbidden } from "~/app/rpc";
import { buttonClass } from "~/app/ui/button";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";
import { shortened } from "~/app/ui/short-id";

export function meta() {
  return pageTitle("Logs");
}

const linesShown = 200;

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const query = new URL(request.url).searchParams;
  const asked = logSearchOf(query);
  const { trace, session } = asked;
  const [cursor, lines] = [query.get("cursor"), query.get("lines")?.slice(0, 40)];
  const { invocations, logs } = context.api(at.workspaceId);
  const narrowed = { ...(trace ? { traceId: trace } : {}), ...(session ? { sessionId: session } : {}) };
  const filter = { agentId: at.agentId, ...narrowed, ...(cursor ? { cursor } : {}) };
  return load({ request, context }, async () => {
    const calls = await invocations.list({ ...filter, limit: 25 });
    const wish = { agentId: at.agentId, limit: linesShown, ...linesAsked(asked), ...(lines ? { cursor: lines } : {}) };
    // What an agent prints may tell of its configuration; calls do not.
    const output = await unlessForbidden(() => logs.list(wish));
    return { at, asked, calls, output, older: lines || null };
  });
}

export default function Logs() {
  const { at, asked, calls, output, older } = useLoaderData<typeof loader>();
  const { session, trace } = asked;
  return (
    <div className="grid grid-cols-1 gap-6">
      <Panel title={session ? `Calls of ${shortened(session)}` : "Calls"} isFlush actions={<TraceSearch at={at} />}>
        {(session || trace) && calls.items.length === 0 ? (
          <div className="grid justify-items-center gap-3 p-8 text-center text-ink-2 text-sm">
            <p>No call of this agent belongs to it. A call appears the moment it has ended.</p>
            <Link to={paths.logs(at)} className={buttonClass({ size: "small" })}>
              Show all calls
            </Link>
          </div>
        ) : (
          <InvocationsTable items={calls.items} workspaceId={at.workspaceId} />
        )}
        <Pager nextCursor={calls.nextCursor} shown={calls.items.length} noun="calls" />
      </Panel>
      {output ? (
        <LogPanel key={JSON.stringify([at.agentId, asked, older])} page={output} at={at} asked={asked} isOlder={older !== null} />
      ) : null}
    </div>
  );
}
