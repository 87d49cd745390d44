// The calls beside an agent's output: folded, since whoever opens the logs came for the output; open when it was calls that were asked for.
import { Link } from "@remix-run/react";
import { InvocationsTable } from "~/app/invocations/invocations-table";
import { TraceSearch } from "~/app/invocations/trace-search";
import { type AgentPlace, paths } from "~/app/paths";
import { buttonClass } from "~/app/ui/button";
import { FoldPanel } from "~/app/ui/fold-panel";
import { countOf } from "~/app/ui/measures";
import { Pager } from "~/app/ui/pager";
import { shortened } from "~/app/ui/short-id";
import type { InvocationItem } from "~/server/invocations/invocations.contract";
import type { LogSearch } from "./use-log-tail";

type Props = {
  calls: { items: InvocationItem[]; nextCursor: string | null };
  at: AgentPlace;
  asked: LogSearch;
  /** Somebody leafs through them, or they are all there is to see. */
  isOpen: boolean;
};

export function CallsFold({ calls, at, asked, isOpen }: Props) {
  const { session, trace } = asked;
  const isNarrowed = session !== "" || trace !== "";
  return (
    <FoldPanel
      key={`${session} ${trace} ${isOpen}`}
      id="calls"
      title={session ? `Calls of ${shortened(session)}` : trace ? `Calls of ${shortened(trace)}` : "Calls"}
      description={summaryOf(calls)}
      isOpen={isOpen || isNarrowed}
    >
      <div className="flex justify-end border-line border-b px-4 py-2.5 sm:px-5">
        <TraceSearch at={at} />
      </div>
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
    </FoldPanel>
  );
}

function summaryOf({ items, nextCursor }: Props["calls"]): string {
  if (items.length === 0) return "None yet.";
  const failed = items.filter((item) => item.outcome === "error").length;
  const which = nextCursor ? `The newest ${items.length}` : countOf(items.length, "call");
  return `${which}, ${failed === 0 ? "none failed" : `${failed} failed`}.`;
}
