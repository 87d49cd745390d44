// Failed calls of an agent, newest first: what was said to the caller, and the way to everything known about it.
import { Link } from "@remix-run/react";
import { CircleCheck } from "lucide-react";
import { type AgentPlace, paths } from "~/app/paths";
import { classNames } from "~/app/ui/class-names";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { LinkButton } from "~/app/ui/link-button";
import { spanWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { ShortId, shortened } from "~/app/ui/short-id";
import { Tag } from "~/app/ui/tag";
import type { InvocationItem } from "~/server/invocations/invocations.contract";
import { errorWords } from "./error-words";

type Props = { items: InvocationItem[]; at: AgentPlace; isNarrowed: boolean };

export function ErrorsTable({ items, at, isNarrowed }: Props) {
  if (items.length === 0) return <NoErrors at={at} isNarrowed={isNarrowed} />;
  return (
    <DataTable
      caption="Failed calls, newest first"
      head={
        <>
          <HeadCell>When</HeadCell>
          <HeadCell>What the caller was told</HeadCell>
          <HeadCell isWideOnly>Class</HeadCell>
          <HeadCell isWideOnly>Trace</HeadCell>
          <HeadCell isWideOnly>Session</HeadCell>
          <HeadCell isWideOnly>Version</HeadCell>
          <HeadCell isNumber isWideOnly>
            Time
          </HeadCell>
        </>
      }
    >
      {items.map((item) => (
        <tr key={`${item.traceId} ${item.startedAt.getTime()}`} className="hover:bg-hover/50">
          <Cell>
            <Moment at={item.startedAt} />
          </Cell>
          <Cell className="min-w-56 py-2">
            <code className="font-mono text-failed text-xs">{item.errorCode ?? "FAILED"}</code>
            <span className="block max-w-md text-[0.8125rem] leading-5 wrap-anywhere">{item.errorMessage}</span>
            <TraceLink item={item} at={at} className="md:hidden" />
          </Cell>
          <Cell isWideOnly>{item.errorClass ? errorWords[item.errorClass].word : "–"}</Cell>
          <Cell isWideOnly>
            <TraceLink item={item} at={at} />
          </Cell>
          <Cell isWideOnly>{item.sessionId ? <ShortId id={item.sessionId} /> : "–"}</Cell>
          <Cell isWideOnly>
            <Tag isMono>v{item.version}</Tag>
          </Cell>
          <Cell isNumber isWideOnly>
            {spanWords(item.computeMs)}
          </Cell>
        </tr>
      ))}
    </DataTable>
  );
}

/** On a phone beside the message: a column of its own would be out of sight. */
function TraceLink({ item, at, className }: { item: InvocationItem; at: AgentPlace; className?: string }) {
  return (
    <Link
      to={paths.trace(at, item.traceId)}
      title={item.traceId}
      className={classNames("rounded font-mono text-accent text-xs underline-offset-4 hover:underline", className)}
    >
      {shortened(item.traceId)}
    </Link>
  );
}

function NoErrors({ at, isNarrowed }: { at: AgentPlace; isNarrowed: boolean }) {
  return (
    <EmptyState
      icon={CircleCheck}
      title={isNarrowed ? "No such error" : "No call has failed"}
      action={isNarrowed ? <LinkButton to={paths.errors(at)}>Show all errors</LinkButton> : undefined}
    >
      {isNarrowed
        ? "Nothing of this class failed in this time."
        : "A call that fails appears here with what its caller was told, as long as your plan keeps calls. Refusals before an agent is asked are not among them."}
    </EmptyState>
  );
}
