// Invites somebody by mail.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { TextField } from "~/app/ui/text-field";
import type { RoleTable } from "~/server/workspaces/members.contract";
import { RolePicker } from "./role-picker";

type Props = {
  roles: RoleTable["roles"];
  problem: FormProblem | null | undefined;
  typed: { email: string; role: string } | undefined;
};

export function InviteForm({ roles, problem, typed }: Props) {
  return (
    <CsrfForm className="grid grid-cols-1 gap-5">
      <input type="hidden" name="intent" value="invite" />
      <FormSummary problem={problem} />
      <TextField
        label="Email"
        name="email"
        type="email"
        required
        maxLength={254}
        autoComplete="off"
        placeholder="grace@example.com"
        defaultValue={typed?.email}
        error={problem?.fields["email"]}
        help="Only the account with this very address can accept. The letter works once and for seven days."
      />
      <RolePicker
        legend="Role"
        roles={roles.filter((item) => item.isGivable && item.role !== "owner")}
        chosen={typed?.role || "member"}
        error={problem?.fields["role"]}
      />
      <div>
        <Button tone="primary" isBusy={useIsSubmitting("invite")}>
          Send the invitation
        </Button>
      </div>
    </CsrfForm>
  );
}
