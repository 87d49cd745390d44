// What one member may configure beside their role.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import { SelectField } from "~/app/ui/select-field";
import type { MemberItem, RoleTable } from "~/server/workspaces/members.contract";

type Props = { member: MemberItem; table: RoleTable; problem: FormProblem | null | undefined };

const settings = [
  { value: "as_role", words: "As the role says" },
  { value: "granted", words: "Granted" },
  { value: "withheld", words: "Withheld" },
] as const;

export function MemberGrants({ member, table, problem }: Props) {
  const grantable = table.roles.find((item) => item.role === member.role)?.grantableAreas ?? [];
  const areas = table.areas.filter(({ area, isGivable }) => isGivable && grantable.includes(area));
  const isBusy = useIsSubmitting("grant");
  if (areas.length === 0) return null;
  return (
    <Panel
      title="Beside the role"
      description="Per member: what they may configure although their role does not say so, or the other way round."
    >
      <CsrfForm className="grid max-w-2xl gap-5" key={JSON.stringify([member.role, member.areas])}>
        <input type="hidden" name="intent" value="grant" />
        <FormSummary problem={problem} />
        {areas.map(({ area, title, summary }) => (
          <div key={area}>
            <input type="hidden" name={`before ${area}`} value={settingOf(member, area)} />
            <SelectField
              label={title}
              name={`area ${area}`}
              id={`field-area-${area}`}
              help={summary}
              defaultValue={settingOf(member, area)}
              error={problem?.fields["area"]}
            >
              {settings.map(({ value, words }) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </SelectField>
          </div>
        ))}
        <div>
          <Button isBusy={isBusy}>Save</Button>
        </div>
      </CsrfForm>
    </Panel>
  );
}

function settingOf(member: MemberItem, area: keyof MemberItem["areas"]): (typeof settings)[number]["value"] {
  const isGranted = member.areas[area];
  if (isGranted === undefined) return "as_role";
  return isGranted ? "granted" : "withheld";
}
