// Entries of an audit log for the operator: what, by whom, upon what, when; a row opens to its facts.
import { ScrollText } from "lucide-react";
import { EmptyState } from "~/app/ui/empty-state";
import { exactWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { ShortId, shortened } from "~/app/ui/short-id";
import type { AdminAuditItem } from "~/server/admin/admin.contract";

const actors: Record<AdminAuditItem["actorKind"], string> = {
  user: "a person",
  api_key: "a key",
  system: "the platform",
  anonymous: "nobody signed in",
  runtime: "a runtime",
  operator: "Platform operator",
};

export function LogList({ items }: { items: AdminAuditItem[] }) {
  if (items.length === 0) return <EmptyState icon={ScrollText} title="No entries" />;
  return (
    <ul className="divide-y divide-line">
      {items.map((item) => (
        <li key={item.auditId}>
          <details>
            <summary className="grid min-h-11 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 px-4 py-2 text-sm hover:bg-hover/50 focus-visible:-outline-offset-2 sm:px-5 md:grid-cols-[14rem_minmax(0,1fr)_minmax(0,10rem)_6rem]">
              <code className="truncate font-medium font-mono text-[0.8125rem] text-ink">{item.action}</code>
              <span className="truncate text-ink-2 max-md:order-3 max-md:col-span-2 max-md:text-xs">
                {item.actorName ?? (item.actorId ? shortened(item.actorId) : actors[item.actorKind])}
              </span>
              <span className="hidden truncate font-mono text-ink-3 text-xs md:block">
                {item.targetId ? shortened(item.targetId) : ""}
              </span>
              <span className="text-right text-ink-2">
                <Moment at={item.createdAt} />
              </span>
            </summary>
            <LogFacts item={item} />
          </details>
        </li>
      ))}
    </ul>
  );
}

function LogFacts({ item }: { item: AdminAuditItem }) {
  const ids: [string, string | null][] = [
    ["Who", item.actorId],
    [item.targetKind ?? "What", item.targetId],
    ["Trace", item.traceId],
  ];
  return (
    <div className="grid grid-cols-1 gap-4 border-line border-t bg-sunken/60 px-4 py-4 text-sm sm:px-5 md:grid-cols-2">
      <dl className="grid content-start gap-2">
        {ids.map(([name, id]) =>
          id ? (
            <div key={name} className="grid grid-cols-[5.5rem_minmax(0,1fr)] items-baseline gap-3">
              <dt className="text-ink-3 text-xs first-letter:uppercase">{name}</dt>
              <dd>
                <ShortId id={id} />
              </dd>
            </div>
          ) : null,
        )}
        <div className="grid grid-cols-[5.5rem_minmax(0,1fr)] items-baseline gap-3">
          <dt className="text-ink-3 text-xs">When</dt>
          <dd className="tabular text-[0.8125rem]">{exactWords(item.createdAt)}</dd>
        </div>
      </dl>
      {Object.keys(item.metadata).length > 0 ? (
        <pre className="self-start overflow-auto rounded-md border border-line bg-surface p-3 font-mono text-xs leading-5">
          {JSON.stringify(item.metadata, null, 2)}
        </pre>
      ) : null}
    </div>
  );
}
