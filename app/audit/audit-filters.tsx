// Narrows the audit log: by area, trace, who, what and when. One line; where there is no room for it, all but the trace folds away.
import { Form, useSubmit } from "@remix-run/react";
import { Search, SlidersHorizontal } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { paths } from "~/app/paths";
import { Button } from "~/app/ui/button";
import { classNames } from "~/app/ui/class-names";
import { CompactSelect } from "~/app/ui/compact-select";
import { controlClass } from "~/app/ui/field-frame";
import { LinkButton } from "~/app/ui/link-button";
import { shortened } from "~/app/ui/short-id";
import type { AuditItem } from "~/server/audit/audit.contract";
import { type AuditSearch, foldedFilters, isSearching } from "./audit-search";

const areas = [
  { prefix: "", word: "All areas" },
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
  const foldId = useId();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <search>
      <Form key={JSON.stringify(search)} className="flex flex-wrap items-center gap-2 xl:flex-nowrap">
        <TraceField trace={search.trace} />
        <FoldButton foldId={foldId} isOpen={isOpen} count={foldedFilters(search)} onToggle={() => setIsOpen(!isOpen)} />
        <div
          id={foldId}
          className={classNames(
            "order-last w-full grid-cols-2 gap-2 xl:order-none xl:flex xl:w-auto",
            isOpen ? "grid" : "hidden max-xl:noscript:grid",
          )}
        >
          <FoldedFields search={search} items={items} />
        </div>
        <Button size="small">Find</Button>
        {isSearching(search) ? (
          <LinkButton to={paths.audit(workspaceId)} tone="quiet" size="small">
            Clear
          </LinkButton>
        ) : null}
      </Form>
    </search>
  );
}

function TraceField({ trace }: { trace: string }) {
  return (
    <div className="relative min-w-24 flex-1">
      <Search aria-hidden="true" className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-ink-3" />
      <input
        type="search"
        name="trace"
        defaultValue={trace}
        maxLength={40}
        placeholder="Trace id"
        aria-label="Find a trace id"
        className={`${controlClass} h-8 pl-8 font-mono text-xs sm:text-xs`}
      />
    </div>
  );
}

type FoldProps = { foldId: string; isOpen: boolean; count: number; onToggle: () => void };

/** Without JavaScript the fields are there, and nothing to fold them with. */
function FoldButton({ foldId, isOpen, count, onToggle }: FoldProps) {
  return (
    <Button
      type="button"
      size="small"
      aria-expanded={isOpen}
      aria-controls={foldId}
      onClick={onToggle}
      className="noscript:hidden xl:hidden"
    >
      <SlidersHorizontal aria-hidden="true" />
      Filters
      {count > 0 ? (
        <span className="tabular rounded-full bg-ink px-1.5 text-2xs text-on-ink">
          {count}
          <span className="sr-only"> set</span>
        </span>
      ) : null}
    </Button>
  );
}

function FoldedFields({ search, items }: Pick<Props, "search" | "items">) {
  const actorsId = useId();
  const submit = useSubmit();
  const named = new Map(
    items.flatMap((item) => (item.actorId ? [[item.actorId, item.actorName ?? shortened(item.actorId)]] : [])),
  );
  const isKnown = areas.some(({ prefix }) => prefix === search.action);
  return (
    <>
      <CompactSelect
        label="Area"
        name="action"
        defaultValue={search.action}
        onChange={(event) => submit(event.currentTarget.form)}
        className="max-xl:col-span-2 xl:w-30"
      >
        {isKnown ? null : <option value={search.action}>{search.action}</option>}
        {areas.map(({ prefix, word }) => (
          <option key={word} value={prefix}>
            {word}
          </option>
        ))}
      </CompactSelect>
      <IdField label="Who" name="actor" value={search.actor} hint="Who: usr_…" list={actorsId} />
      <datalist id={actorsId}>
        {[...named].map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </datalist>
      <IdField label="To what" name="target" value={search.target} hint="What: agt_…" />
      <DayField label="From the day, in UTC" name="from" value={search.from}>
        from
      </DayField>
      <DayField label="To the day, in UTC" name="to" value={search.to}>
        to
      </DayField>
    </>
  );
}

type FieldProps = { label: string; name: keyof AuditSearch; value: string };

function IdField({ label, name, value, hint, list }: FieldProps & { hint: string; list?: string }) {
  return (
    <input
      name={name}
      defaultValue={value}
      maxLength={40}
      list={list}
      placeholder={hint}
      aria-label={label}
      autoComplete="off"
      spellCheck={false}
      className={`${controlClass} h-8 min-w-0 px-2.5 font-mono text-xs sm:text-xs xl:w-29`}
    />
  );
}

function DayField({ label, name, value, children }: FieldProps & { children: ReactNode }) {
  return (
    <label className="flex min-w-0 items-center gap-1.5 text-ink-3 text-xs">
      <span aria-hidden="true">{children}</span>
      <input
        type="date"
        name={name}
        defaultValue={value}
        aria-label={label}
        className={`${controlClass} h-8 min-w-0 px-2 text-xs sm:text-xs xl:w-30`}
      />
    </label>
  );
}
