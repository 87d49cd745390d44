// The log to take along, as a file: all of it, to be verified elsewhere, or what is shown here, for a spreadsheet.
import { Download } from "lucide-react";
import { paths } from "~/app/paths";
import { buttonClass } from "~/app/ui/button";
import { type AuditSearch, filterOf, isSearching } from "./audit-search";

export function ExportLinks({ workspaceId, search }: { workspaceId: string; search: AuditSearch }) {
  const { from, to, ...exact } = filterOf(search);
  const shown = { ...exact, ...(from ? { from: from.toISOString() } : {}), ...(to ? { to: to.toISOString() } : {}) };
  return (
    <>
      <a href={paths.auditExport(workspaceId, { format: "json" })} className={buttonClass()}>
        <Download aria-hidden="true" />
        JSON
        <span className="sr-only">: the whole chain, which can be verified</span>
      </a>
      <a href={paths.auditExport(workspaceId, { format: "csv", ...shown })} className={buttonClass()}>
        <Download aria-hidden="true" />
        CSV
        <span className="sr-only">{isSearching(search) ? ": what the filters show" : ": every entry"}</span>
      </a>
    </>
  );
}
