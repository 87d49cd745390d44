// The usage that is looked at as a file.
import { Download } from "lucide-react";
import { paths } from "~/app/paths";
import { buttonClass } from "~/app/ui/button";
import type { Span } from "./spans";

export function CsvLink({ workspaceId, agentId, span }: { workspaceId: string; agentId?: string; span: Span }) {
  const asked = { agentId, hours: String(span.hours), grain: span.grain };
  return (
    <a href={paths.usageExport(workspaceId, asked)} download className={buttonClass({ tone: "secondary", size: "small" })}>
      <Download aria-hidden="true" className="size-4" />
      CSV
    </a>
  );
}
