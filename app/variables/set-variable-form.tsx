// Gives a variable a value, or a new one.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { TextAreaField } from "~/app/ui/text-area-field";
import { TextField } from "~/app/ui/text-field";

type Props = { problem: FormProblem | null | undefined; name: string | undefined; value: string | undefined };

export function SetVariableForm({ problem, name, value }: Props) {
  return (
    <CsrfForm className="grid grid-cols-1 gap-4">
      <input type="hidden" name="intent" value="set" />
      <FormSummary problem={problem} />
      <TextField
        label="Name"
        name="name"
        isMono
        required
        maxLength={64}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        placeholder="MODEL_NAME"
        defaultValue={name}
        error={problem?.fields["name"]}
      />
      <TextAreaField
        label="Value"
        name="value"
        rows={3}
        required
        maxLength={4096}
        autoComplete="off"
        spellCheck={false}
        className="font-mono"
        defaultValue={value}
        error={problem?.fields["value"]}
        help="Readable by whoever sees this page. Passwords, tokens and keys belong under Secrets."
      />
      <div>
        <Button tone="primary" isBusy={useIsSubmitting("set")}>
          Save variable
        </Button>
      </div>
    </CsrfForm>
  );
}
