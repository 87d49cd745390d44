// Takes a member out of the workspace.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import type { MemberItem } from "~/server/workspaces/members.contract";

export function RemoveMember({ member, problem }: { member: MemberItem; problem: FormProblem | null | undefined }) {
  return (
    <Panel title="Remove" className="border-failed/40">
      <CsrfForm className="grid max-w-2xl gap-4">
        <input type="hidden" name="intent" value="remove" />
        <FormSummary problem={problem} />
        <p className="text-ink-2 text-sm leading-6">
          {member.displayName} is out at once; what they have open here ends within a second. What they made stays. The API keys
          they made keep working and are flagged on the Keys page, until somebody revokes them. They can be invited again.
        </p>
        <div>
          <Button tone="danger" isBusy={useIsSubmitting("remove")}>
            Remove {member.displayName}
          </Button>
        </div>
      </CsrfForm>
    </Panel>
  );
}
