// Calls as the gateway measured them, newest first.

import { Link } from "@remix-run/react";
import { AudioLines, Braces, MessagesSquare, Unplug } from "lucide-react";
import { paths } from "~/app/paths";
import { Cell, DataTable, HeadCell, NarrowLine } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { spanWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { shortened } from "~/app/ui/short-id";
import { StateMark } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import type { InvocationItem } from "~/server/invocations/invocations.contract";
import { modeWords } from "./mode-words";
import { AssumedMark, TokenCount } from "./token-count";

type Props = { items: InvocationItem[]; workspaceId: string; showsAgent?: boolean };

export function InvocationsTable({ items, workspaceId, showsAgent = false }: Props) {
  if (items.length === 0) {
    return (
      <EmptyState icon={MessagesSquare} title="No calls yet">
        Every call through the gateway appears here with its trace id, how long it took, and what went wrong if something did.
        What was said is never kept.
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption="Calls, newest first"
      head={
        <>
          <HeadCell>Outcome</HeadCell>
          {showsAgent ? <HeadCell isWideOnly>Agent</HeadCell> : null}
          <HeadCell isWideOnly>Trace</HeadCell>
          <HeadCell isWideOnly>Version</HeadCell>
          <HeadCell isNumber>Time</HeadCell>
          <HeadCell isNumber isWideOnly>
            First byte
          </HeadCell>
          <HeadCell isNumber isWideOnly>
            Tokens
          </HeadCell>
          <HeadCell isNumber>When</HeadCell>
        </>
      }
    >
      {items.map((item) => (
        <InvocationRow key={item.traceId} item={item} workspaceId={workspaceId} showsAgent={showsAgent} />
      ))}
    </DataTable>
  );
}

function InvocationRow({ item, workspaceId, showsAgent }: { item: InvocationItem; workspaceId: string; showsAgent: boolean }) {
  return (
    <tr className="hover:bg-hover/50">
      <Cell className="py-2 md:py-0">
        <Outcome item={item} />
        <NarrowLine>
          {showsAgent ? <AgentLink item={item} workspaceId={workspaceId} /> : null}
          <TraceLink item={item} workspaceId={workspaceId} />
          {item.tokensAreAssumed ? (
            <span className="inline-flex gap-1 whitespace-nowrap">
              <TokenCount item={item} /> tokens
              <AssumedMark item={item} workspaceId={workspaceId} />
            </span>
          ) : null}
        </NarrowLine>
      </Cell>
      {showsAgent ? (
        <Cell isWideOnly>
          <AgentLink item={item} workspaceId={workspaceId} />
        </Cell>
      ) : null}
      <Cell isWideOnly>
        <TraceLink item={item} workspaceId={workspaceId} />
      </Cell>
      <Cell isWideOnly>
        <Tag isMono>v{item.version}</Tag>
      </Cell>
      <Cell isNumber>{spanWords(item.computeMs)}</Cell>
      <Cell isNumber isWideOnly>
        {item.firstByteMs === null ? "–" : spanWords(item.firstByteMs)}
      </Cell>
      <Cell isNumber isWideOnly>
        <TokenCount item={item} />
        <AssumedMark item={item} workspaceId={workspaceId} className="block" />
      </Cell>
      <Cell isNumber>
        <Moment at={item.startedAt} />
      </Cell>
    </tr>
  );
}

type LinkProps = { item: InvocationItem; workspaceId: string };

function AgentLink({ item, workspaceId }: LinkProps) {
  return (
    <Link
      to={paths.agent({ workspaceId, agentId: item.agentId })}
      className="whitespace-nowrap font-medium text-ink hover:underline"
    >
      {item.agentName}
    </Link>
  );
}

const modeIcons = { json: Braces, stream: AudioLines, unknown: Unplug };

function TraceLink({ item, workspaceId }: LinkProps) {
  const Icon = modeIcons[item.mode ?? "unknown"];
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap align-middle">
      <Icon aria-label={item.mode === null ? "its gateway went away" : modeWords(item.mode)} className="size-3.5 text-ink-3" />
      <Link
        to={paths.trace({ workspaceId, agentId: item.agentId }, item.traceId)}
        title={item.traceId}
        className="rounded font-mono text-ink-3 text-xs underline-offset-4 hover:text-ink hover:underline"
      >
        {shortened(item.traceId)}
      </Link>
    </span>
  );
}

function Outcome({ item }: { item: InvocationItem }) {
  if (item.outcome === "ok") return <StateMark tone="live">OK</StateMark>;
  if (item.outcome === "aborted") return <StateMark tone="stopped">{item.mode === null ? "Broken off" : "Stopped"}</StateMark>;
  return (
    <div className="min-w-36 md:min-w-40 md:py-2">
      <StateMark tone="failed">{item.errorCode ?? "Failed"}</StateMark>
      {item.errorMessage ? <p className="max-w-72 break-words text-ink-3 text-xs leading-5">{item.errorMessage}</p> : null}
    </div>
  );
}
