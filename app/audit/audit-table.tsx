// Who did what, to what, when, from where; a row opens to its facts.
import { Link } from "@remix-run/react";
import { ScrollText } from "lucide-react";
import { paths } from "~/app/paths";
import { EmptyState } from "~/app/ui/empty-state";
import { exactWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { ShortId, shortened } from "~/app/ui/short-id";
import { Tag } from "~/app/ui/tag";
import type { AuditItem } from "~/server/audit/audit.contract";

type Props = { items: AuditItem[]; workspaceId: string; isFiltered: boolean };

export function AuditTable({ items, workspaceId, isFiltered }: Props) {
  if (items.length === 0) {
    return (
      <EmptyState icon={ScrollText} title={isFiltered ? "No entry matches" : "Nothing has happened yet"}>
        {isFiltered
          ? "Take a filter away, or check the ids: they must match exactly."
          : "Every act in this workspace leaves an entry that nobody can change or delete."}
      </EmptyState>
    );
  }
  return (
    <ul className="divide-y divide-line">
      {items.map((item) => (
        <li key={item.auditId}>
          <AuditRow item={item} workspaceId={workspaceId} />
        </li>
      ))}
    </ul>
  );
}

const kinds: Record<AuditItem["actorKind"], string> = {
  user: "person",
  api_key: "key",
  system: "platform",
  anonymous: "nobody signed in",
  runtime: "runtime",
  operator: "platform operator",
};

function AuditRow({ item, workspaceId }: { item: AuditItem; workspaceId: string }) {
  return (
    <details className="group">
      <summary className="grid min-h-11 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 px-4 py-2 text-sm hover:bg-hover/50 focus-visible:-outline-offset-2 sm:px-5 md:grid-cols-[15rem_minmax(0,1fr)_minmax(0,12rem)_7rem]">
        <code className="truncate font-medium font-mono text-[0.8125rem] text-ink">{item.action}</code>
        <span className="truncate text-ink-2 max-md:order-3 max-md:col-span-2 max-md:text-xs">
          {item.actorName ?? (item.actorId ? shortened(item.actorId) : kinds[item.actorKind])}
          {item.actorName ? <Tag className="ml-2">{kinds[item.actorKind]}</Tag> : null}
        </span>
        <span className="hidden truncate font-mono text-ink-3 text-xs md:block">
          {item.targetId ? shortened(item.targetId) : ""}
        </span>
        <span className="text-right text-ink-2">
          <Moment at={item.createdAt} />
        </span>
      </summary>
      <AuditFacts item={item} workspaceId={workspaceId} />
    </details>
  );
}

function AuditFacts({ item, workspaceId }: { item: AuditItem; workspaceId: string }) {
  const hasMetadata = Object.keys(item.metadata).length > 0;
  return (
    <div className="grid grid-cols-1 gap-4 border-line border-t bg-sunken/60 px-4 py-4 text-sm sm:px-5 md:grid-cols-2">
      <dl className="grid content-start gap-2">
        <Fact name="When">{exactWords(item.createdAt)}</Fact>
        <Fact name="Who">
          {item.actorName ?? kinds[item.actorKind]}{" "}
          {item.actorId ? (
            <>
              <ShortId id={item.actorId} />{" "}
              <MoreLink to={paths.audit(workspaceId, { actor: item.actorId })}>all of theirs</MoreLink>
            </>
          ) : null}
        </Fact>
        {item.targetId ? (
          <Fact name={item.targetKind?.replaceAll("_", " ") ?? "What"}>
            <ShortId id={item.targetId} />{" "}
            <MoreLink to={paths.audit(workspaceId, { target: item.targetId })}>all about it</MoreLink>
          </Fact>
        ) : null}
        {item.ipAddress ? <Fact name="From">{item.ipAddress}</Fact> : null}
        {item.traceId ? (
          <Fact name="Trace">
            <ShortId id={item.traceId} />{" "}
            <MoreLink to={paths.audit(workspaceId, { trace: item.traceId })}>all of this trace</MoreLink>
          </Fact>
        ) : null}
        <Fact name="Entry">
          <ShortId id={item.auditId} />
        </Fact>
        <Fact name="In the chain">{item.position === null ? "in a moment" : `position ${item.position}`}</Fact>
      </dl>
      {hasMetadata ? (
        <pre className="self-start overflow-auto rounded-md border border-line bg-surface p-3 font-mono text-xs leading-5">
          {JSON.stringify(item.metadata, null, 2)}
        </pre>
      ) : null}
    </div>
  );
}

function MoreLink({ to, children }: { to: string; children: string }) {
  return (
    <Link to={to} className="text-accent text-xs underline-offset-4 hover:underline">
      {children}
    </Link>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="grid grid-cols-[5.5rem_minmax(0,1fr)] items-baseline gap-3">
      <dt className="text-ink-3 text-xs first-letter:uppercase">{name}</dt>
      <dd className="tabular text-[0.8125rem]">{children}</dd>
    </div>
  );
}
