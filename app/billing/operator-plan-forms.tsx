// The operator's two forms: another plan, and single limits. Both want a reason, which the workspace reads in its log.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import { SelectField } from "~/app/ui/select-field";
import { TextField } from "~/app/ui/text-field";
import type { OperatedPlan } from "~/server/billing/billing.contract";
import { changeableLimits } from "./changeable-limits";
import { planNames } from "./money-words";

export type Answer = { intent: string; problem: FormProblem | null; reason: string } | undefined;
type Props = { of: OperatedPlan; answer: Answer };

export function AssignForm({ of, answer }: Props) {
  const problem = answer?.intent === "assign" ? answer.problem : null;
  return (
    <Panel title="Give a plan" description="It holds beside what is paid for; the higher one counts. Free takes it back.">
      <CsrfForm className="grid gap-4">
        <FormSummary problem={problem} />
        <SelectField label="Plan" name="tier" defaultValue={of.assignedTier ?? "free"}>
          {Object.entries(planNames).map(([tier, name]) => (
            <option key={tier} value={tier}>
              {name}
            </option>
          ))}
        </SelectField>
        <ReasonField id="assign-reason" problem={problem} reason={problem ? (answer?.reason ?? "") : ""} />
        <div>
          <Button tone="primary" name="intent" value="assign" isBusy={useIsSubmitting("assign")}>
            Give this plan
          </Button>
        </div>
      </CsrfForm>
    </Panel>
  );
}

export function LimitsForm({ of, answer }: Props) {
  const problem = answer?.intent === "change" ? answer.problem : null;
  return (
    <Panel
      title="Change single limits"
      description="They go with the workspace from plan to plan. An empty field is as the plan says."
    >
      <CsrfForm className="grid gap-4">
        <FormSummary problem={problem} />
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          {changeableLimits.map(({ name, label }) => (
            <TextField
              key={name}
              label={label}
              name={name}
              inputMode="numeric"
              placeholder={String(of.plan[name])}
              defaultValue={of.changes?.[name] === undefined ? "" : String(of.changes[name])}
              error={problem?.fields[name]}
            />
          ))}
        </div>
        <ReasonField id="change-reason" problem={problem} reason={problem ? (answer?.reason ?? "") : ""} />
        <div>
          <Button tone="primary" name="intent" value="change" isBusy={useIsSubmitting("change")}>
            Change these limits
          </Button>
        </div>
      </CsrfForm>
    </Panel>
  );
}

function ReasonField({ id, problem, reason }: { id: string; problem: FormProblem | null | undefined; reason: string }) {
  return (
    <TextField
      id={id}
      label="Why"
      name="reason"
      required
      maxLength={500}
      autoComplete="off"
      defaultValue={reason}
      error={problem?.fields["reason"]}
      help="The workspace reads it in its audit log, without your name."
    />
  );
}
