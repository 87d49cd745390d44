// Says that what was stored or placed of a version was once not what had been recorded: it was refused, and never ran.
import { type AgentPlace, paths } from "~/app/paths";
import { LinkButton } from "~/app/ui/link-button";
import { Moment } from "~/app/ui/moment";
import { Notice } from "~/app/ui/notice";
import type { AuditItem } from "~/server/audit/audit.contract";

type Props = { alteration: AuditItem; at: AgentPlace };

const found: Record<string, string> = {
  bundle_altered: "The stored bundle was not the one that was recorded",
  bundle_missing: "The stored bundle was gone",
  module_altered: "The stored module was not the one that was built",
  module_missing: "The stored module was gone",
  placed_module_altered: "The module on the runtime's disk was not the one that was placed there",
};

export function IntegrityNotice({ alteration, at }: Props) {
  const reason = String(alteration.metadata["reason"] ?? "");
  return (
    <Notice
      tone="warning"
      title="This version failed a check of its integrity."
      action={
        <LinkButton
          size="small"
          to={paths.audit(at.workspaceId, { action: alteration.action, target: alteration.targetId ?? "" })}
        >
          Open in the audit log
        </LinkButton>
      }
    >
      <p>
        {found[reason] ?? "What was stored was not what had been recorded"}, as found <Moment at={alteration.createdAt} />. What
        differed was refused and did not run. To be safe, send the bundle again and tell your operator.
      </p>
    </Notice>
  );
}
