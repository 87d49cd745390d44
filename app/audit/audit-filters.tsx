// Narrows the audit log: by area, trace, who, what and when.
import { Form, Link } from "@remix-run/react";
import { ChevronDown, Search } from "lucide-react";
import { paths } from "~/app/paths";
import { Button } from "~/app/ui/button";
import { classNames } from "~/app/ui/class-names";
import { controlClass } from "~/app/ui/field-frame";
import { LinkButton } from "~/app/ui/link-button";
import { shortened } from "~/app/ui/short-id";
import { TextField } from "~/app/ui/text-field";
import type { AuditItem } from "~/server/audit/audit.contract";
import { type AuditSearch, isSearching } from "./audit-search";

const areas = [
  { prefix: "", word: "All" },
  { prefix: "agent.", word: "Agents" },
  { prefix: "deployment.", word: "Deployments" },
  { prefix: "secret.", word: "Secrets" },
  { prefix: "api_key.", word: "Keys" },
  { prefix: "member.", word: "Members" },
  { prefix: "invitation.", word: "Invitations" },
  { prefix: "upload.", word: "Uploads" },
  { prefix: "billing.", word: "Billing" },
  { prefix: "workspace.", word: "Workspace" },
  { prefix: "audit.", word: "Exports" },
];

type Props = { workspaceId: string; search: AuditSearch; items: AuditItem[] };

export function AuditFilters({ workspaceId, search, items }: Props) {
  const { action, trace, ...more } = search;
  const isMore = Object.values(more).some((value) => value !== "");
  return (
    <div className="grid grid-cols-1 gap-3">
      <nav aria-label="Area" className="flex flex-wrap gap-1.5">
        {areas.map((area) => (
          <AreaLink
            key={area.word}
            to={paths.audit(workspaceId, { ...search, action: area.prefix })}
            isChosen={action === area.prefix}
          >
            {area.word}
          </AreaLink>
        ))}
      </nav>
      <Form key={JSON.stringify(search)} className="grid grid-cols-1 gap-3">
        {action ? <input type="hidden" name="action" value={action} /> : null}
        <div className="flex gap-2">
          <TraceField trace={trace} />
          <Button>Find</Button>
          {isSearching(search) ? (
            <LinkButton to={paths.audit(workspaceId)} tone="quiet">
              Clear
            </LinkButton>
          ) : null}
        </div>
        <details className="group" open={isMore}>
          <summary className="inline-flex h-8 items-center gap-1 rounded text-[0.8125rem] text-ink-2 hover:text-ink">
            Who, what, when
            <ChevronDown aria-hidden="true" className="size-3.5 transition-transform group-open:rotate-180" />
          </summary>
          <MoreFields search={search} items={items} />
        </details>
      </Form>
    </div>
  );
}

function AreaLink({ to, isChosen, children }: { to: string; isChosen: boolean; children: string }) {
  return (
    <Link
      to={to}
      aria-current={isChosen ? "true" : undefined}
      className={classNames(
        "flex h-7 items-center rounded-full border px-3 text-xs transition-colors",
        isChosen ? "border-ink bg-ink font-medium text-on-ink" : "border-line-strong text-ink-2 hover:text-ink",
      )}
    >
      {children}
    </Link>
  );
}

function TraceField({ trace }: { trace: string }) {
  return (
    <div className="relative min-w-0 flex-1 sm:max-w-96">
      <Search aria-hidden="true" className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-ink-3" />
      <input
        type="search"
        name="trace"
        defaultValue={trace}
        maxLength={40}
        placeholder="Find a trace id"
        aria-label="Find a trace id"
        className={`${controlClass} h-9 pl-8 font-mono text-xs sm:text-xs`}
      />
    </div>
  );
}

function MoreFields({ search, items }: { search: AuditSearch; items: AuditItem[] }) {
  const seen = new Map(
    items.flatMap((item) => (item.actorId ? [[item.actorId, item.actorName ?? shortened(item.actorId)]] : [])),
  );
  return (
    <div className="mt-2 grid grid-cols-1 gap-3 rounded-lg border border-line bg-surface p-4 sm:grid-cols-2 lg:grid-cols-4">
      <TextField
        label="Who"
        name="actor"
        defaultValue={search.actor}
        maxLength={40}
        list="audit-actors"
        placeholder="usr_… or key_…"
        isMono
      />
      <datalist id="audit-actors">
        {[...seen].map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </datalist>
      <TextField label="To what" name="target" defaultValue={search.target} maxLength={40} placeholder="agt_…, dep_…" isMono />
      <TextField label="From the day (UTC)" name="from" type="date" defaultValue={search.from} />
      <TextField label="To the day (UTC)" name="to" type="date" defaultValue={search.to} />
    </div>
  );
}
