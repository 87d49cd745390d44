// Gives a member another role.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import type { MemberItem, RoleTable } from "~/server/workspaces/members.contract";
import { RolePicker } from "./role-picker";

type Props = { member: MemberItem; roles: RoleTable["roles"]; problem: FormProblem | null | undefined };

export function MemberRole({ member, roles, problem }: Props) {
  return (
    <Panel title="Role">
      <CsrfForm className="grid max-w-2xl gap-4" key={member.role}>
        <input type="hidden" name="intent" value="role" />
        <FormSummary problem={problem} />
        <RolePicker
          legend="What they are here"
          roles={roles.filter((item) => item.isGivable)}
          chosen={member.role}
          error={problem?.fields["role"]}
        />
        <p className="text-[0.8125rem] text-ink-3 leading-5">
          A new role counts at once and begins without what was granted or withheld beside the old one.
        </p>
        <div>
          <Button isBusy={useIsSubmitting("role")}>Change the role</Button>
        </div>
      </CsrfForm>
    </Panel>
  );
}
