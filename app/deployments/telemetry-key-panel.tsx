// A new telemetry key for a version that is placed: what signs its reports, which nobody is shown.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { exactWords } from "~/app/ui/measures";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";
import { SelectField } from "~/app/ui/select-field";
import type { TelemetryKeyState } from "~/server/deployments/telemetry-keys.contract";

type Props = { rotated: TelemetryKeyState | null; problem: FormProblem | undefined };

export function TelemetryKeyPanel({ rotated, problem }: Props) {
  const isBusy = useIsSubmitting("rotate_telemetry_key");
  return (
    <Panel
      title="Telemetry key"
      description="What this version reports of its calls is signed with it. Only its runtime is given it."
    >
      {rotated ? <Rotated state={rotated} /> : null}
      <FormSummary problem={problem} />
      <CsrfForm className="grid grid-cols-1 gap-4">
        <SelectField label="The old key" name="formerKey" defaultValue="keep" error={problem?.fields["keepsOld"]}>
          <option value="keep">Counts a while longer: no report is lost</option>
          <option value="refuse">Has leaked: refused from now on</option>
        </SelectField>
        <div>
          <Button size="small" name="intent" value="rotate_telemetry_key" isBusy={isBusy}>
            Rotate the telemetry key
          </Button>
        </div>
      </CsrfForm>
    </Panel>
  );
}

function Rotated({ state: { generation, overlapEndsAt, isHandedOver } }: { state: TelemetryKeyState }) {
  return (
    <Notice tone="done" title={`Rotated: key number ${generation} signs.`} className="mb-4">
      {overlapEndsAt ? `The one before counts until ${exactWords(overlapEndsAt)}. ` : "The one before is refused. "}
      {isHandedOver
        ? "The runtime has the new one."
        : "The runtime did not answer; the next start of a process gets the new one."}
    </Notice>
  );
}
