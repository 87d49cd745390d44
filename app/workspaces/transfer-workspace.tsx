// Hands the workspace over to another member.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import { SelectField } from "~/app/ui/select-field";
import { roleWords } from "~/server/auth/role-words.contract";
import type { MemberItem } from "~/server/workspaces/members.contract";
import type { WorkspaceItem } from "~/server/workspaces/workspaces.contract";
import { ConfirmName } from "./confirm-name";

type Props = { workspace: WorkspaceItem; others: MemberItem[]; problem: FormProblem | null | undefined };

export function TransferWorkspace({ workspace, others, problem }: Props) {
  const isBusy = useIsSubmitting("transfer");
  return (
    <Panel title="Hand over" className="border-failed/40">
      {others.length === 0 ? (
        <p className="max-w-xl text-ink-2 text-sm leading-6">
          You are the only one here. To hand the workspace over, invite the person first; once they are a member you can make them
          the owner.
        </p>
      ) : (
        <CsrfForm className="grid max-w-xl gap-4">
          <input type="hidden" name="intent" value="transfer" />
          <FormSummary problem={problem} />
          <p className="text-ink-2 text-sm leading-6">
            The member you choose becomes owner and may do everything, also delete the workspace. You stay as an admin, and cannot
            take it back yourself. You are asked to show once more that it is you.
          </p>
          <SelectField label="New owner" name="userId" error={problem?.fields["userId"]}>
            {others.map((member) => (
              <option key={member.userId} value={member.userId}>
                {`${member.displayName} (${member.email}), ${roleWords[member.role].title}`}
              </option>
            ))}
          </SelectField>
          <ConfirmName name={workspace.name} intent="transfer" problem={problem} />
          <div>
            <Button tone="danger" isBusy={isBusy}>
              Hand the workspace over
            </Button>
          </div>
        </CsrfForm>
      )}
    </Panel>
  );
}
