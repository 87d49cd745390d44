// Makes a key.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { SelectField } from "~/app/ui/select-field";
import { TextField } from "~/app/ui/text-field";
import type { ApiKeyItem } from "~/server/api-keys/api-keys.contract";

const presets: { value: ApiKeyItem["preset"]; words: string }[] = [
  { value: "invoke", words: "Invoke: call agents" },
  { value: "deploy", words: "Deploy: upload, deploy, call" },
  { value: "read", words: "Read: look, change nothing" },
  { value: "all", words: "All but keys and members" },
];

const lifetimes = [
  { value: "90", words: "90 days" },
  { value: "30", words: "30 days" },
  { value: "365", words: "One year" },
  { value: "", words: "Until revoked" },
];

export function NewKeyForm({ problem, name }: { problem: FormProblem | null | undefined; name: string | undefined }) {
  return (
    <CsrfForm className="grid grid-cols-1 gap-4">
      <input type="hidden" name="intent" value="create" />
      <FormSummary problem={problem} />
      <TextField
        label="Name"
        name="name"
        required
        maxLength={60}
        autoComplete="off"
        placeholder="Support site, production"
        defaultValue={name}
        error={problem?.fields["name"]}
        help="Who or what will use it."
      />
      <SelectField label="May" name="preset" defaultValue="invoke" error={problem?.fields["preset"]}>
        {presets.map((preset) => (
          <option key={preset.value} value={preset.value}>
            {preset.words}
          </option>
        ))}
      </SelectField>
      <SelectField label="Works for" name="expiresInDays" defaultValue="90" error={problem?.fields["expiresInDays"]}>
        {lifetimes.map((lifetime) => (
          <option key={lifetime.value} value={lifetime.value}>
            {lifetime.words}
          </option>
        ))}
      </SelectField>
      <div>
        <Button tone="primary" isBusy={useIsSubmitting("create")}>
          Make key
        </Button>
      </div>
    </CsrfForm>
  );
}
