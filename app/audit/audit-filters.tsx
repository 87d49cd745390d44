// Narrows the audit log: by kind of act, by trace.
import { Form, Link } from "@remix-run/react";
import { Search } from "lucide-react";
import { paths } from "~/app/paths";
import { classNames } from "~/app/ui/class-names";
import { controlClass } from "~/app/ui/field-frame";

const kinds = [
  { prefix: "", word: "All" },
  { prefix: "agent.", word: "Agents" },
  { prefix: "deployment.", word: "Deployments" },
  { prefix: "secret.", word: "Secrets" },
  { prefix: "api_key.", word: "Keys" },
  { prefix: "upload.", word: "Uploads" },
  { prefix: "workspace.", word: "Workspace" },
];

export function AuditFilters({ workspaceId, action, trace }: { workspaceId: string; action: string; trace: string }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <nav aria-label="Kind of act" className="flex flex-wrap gap-1.5">
        {kinds.map((kind) => (
          <Link
            key={kind.word}
            to={paths.audit(workspaceId, { action: kind.prefix, trace })}
            aria-current={action === kind.prefix ? "true" : undefined}
            className={classNames(
              "flex h-7 items-center rounded-full border px-3 text-xs transition-colors",
              action === kind.prefix
                ? "border-ink bg-ink font-medium text-on-ink"
                : "border-line-strong text-ink-2 hover:text-ink",
            )}
          >
            {kind.word}
          </Link>
        ))}
      </nav>
      <Form className="relative w-full sm:w-80">
        {action ? <input type="hidden" name="action" value={action} /> : null}
        <Search
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-ink-3"
        />
        <input
          type="search"
          name="trace"
          key={trace}
          defaultValue={trace}
          maxLength={40}
          placeholder="Find a trace id"
          aria-label="Find a trace id"
          className={`${controlClass} h-8 pl-8 font-mono text-xs sm:text-xs`}
        />
      </Form>
    </div>
  );
}
