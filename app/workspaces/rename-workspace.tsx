// Gives the workspace another name.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import { TextField } from "~/app/ui/text-field";
import type { WorkspaceItem } from "~/server/workspaces/workspaces.contract";

type Props = { workspace: WorkspaceItem; problem: FormProblem | null | undefined; typed: string | undefined };

export function RenameWorkspace({ workspace, problem, typed }: Props) {
  return (
    <Panel title="Name">
      <CsrfForm className="grid max-w-md gap-4">
        <input type="hidden" name="intent" value="rename" />
        <FormSummary problem={problem} />
        <TextField
          label="Workspace"
          name="name"
          required
          maxLength={60}
          defaultValue={problem ? typed : workspace.name}
          error={problem?.fields["name"]}
        />
        <div>
          <Button isBusy={useIsSubmitting("rename")}>Save</Button>
        </div>
      </CsrfForm>
    </Panel>
  );
}
