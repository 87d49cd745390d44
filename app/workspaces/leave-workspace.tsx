// The way out of the workspace.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import type { WorkspaceItem } from "~/server/workspaces/workspaces.contract";
import { ConfirmName } from "./confirm-name";

type Props = { workspace: WorkspaceItem; isLastOwner: boolean; problem: FormProblem | null | undefined };

export function LeaveWorkspace({ workspace, isLastOwner, problem }: Props) {
  const isBusy = useIsSubmitting("leave");
  if (isLastOwner) return <NotWithoutOwner />;
  return (
    <Panel title="Leave">
      <CsrfForm className="grid max-w-xl gap-4">
        <input type="hidden" name="intent" value="leave" />
        <FormSummary problem={problem} />
        <p className="text-ink-2 text-sm leading-6">
          You are out of {workspace.name} at once. Your account and your other workspaces stay. To come back you need an
          invitation.
        </p>
        <ConfirmName name={workspace.name} intent="leave" problem={problem} />
        <div>
          <Button tone="danger" isBusy={isBusy}>
            Leave the workspace
          </Button>
        </div>
      </CsrfForm>
    </Panel>
  );
}

function NotWithoutOwner() {
  return (
    <Panel title="Leave">
      <p className="max-w-xl text-ink-2 text-sm leading-6">
        You are the only owner, and a workspace is never without one. Make somebody else an owner or hand it over; then you can
        leave.
      </p>
    </Panel>
  );
}
