// Logs of an agent: its calls, and what it printed.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { Link, useLoaderData, useRevalidator } from "@remix-run/react";
import { RefreshCw } from "lucide-react";
import { placeOf } from "~/app/agents/place-of";
import { InvocationsTable } from "~/app/invocations/invocations-table";
import { OutputLines } from "~/app/invocations/output-lines";
import { TraceSearch } from "~/app/invocations/trace-search";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { Button, buttonClass } from "~/app/ui/button";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";
import { shortened } from "~/app/ui/short-id";

export function meta() {
  return pageTitle("Logs");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const query = new URL(request.url).searchParams;
  const asked = (name: "trace" | "session") => query.get(name)?.trim().slice(0, 40) ?? "";
  const [trace, session] = [asked("trace"), asked("session")];
  const cursor = query.get("cursor");
  const { invocations, workspaces } = context.api(at.workspaceId);
  const narrowed = { ...(trace ? { traceId: trace } : {}), ...(session ? { sessionId: session } : {}) };
  const filter = { agentId: at.agentId, ...narrowed, ...(cursor ? { cursor } : {}) };
  return load({ request, context }, async () => {
    const [calls, { may }] = await Promise.all([invocations.list({ ...filter, limit: 25 }), workspaces.current({})]);
    // What an agent prints may tell of its configuration; calls do not.
    const seesOutput = may.includes("deployment.read");
    const output = seesOutput ? await invocations.logs({ agentId: at.agentId, limit: 200 }) : null;
    return { at, isNarrowed: Boolean(trace || session), session, calls, lines: output?.items ?? null };
  });
}

export default function Logs() {
  const { at, isNarrowed, session, calls, lines } = useLoaderData<typeof loader>();
  const { revalidate, state } = useRevalidator();
  const refresh = (
    <Button type="button" tone="quiet" size="small" onClick={revalidate} isBusy={state !== "idle"}>
      {state === "idle" ? <RefreshCw aria-hidden="true" /> : null}
      Refresh
    </Button>
  );
  return (
    <div className="grid grid-cols-1 gap-6">
      <Panel title={session ? `Calls of ${shortened(session)}` : "Calls"} isFlush actions={<TraceSearch at={at} />}>
        {isNarrowed && calls.items.length === 0 ? (
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
      {lines ? (
        <Panel title="Output" description="The last 200 lines of the live version." isFlush actions={refresh}>
          <OutputLines lines={lines} />
        </Panel>
      ) : null}
    </div>
  );
}
