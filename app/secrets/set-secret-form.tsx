// Gives a secret a value, or a new one.
import { useEffect, useRef } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { SecretAreaField } from "~/app/ui/secret-area-field";
import { TextField } from "~/app/ui/text-field";
import type { SecretItem } from "~/server/secrets/secrets.contract";

type Props = {
  secrets: SecretItem[];
  problem: FormProblem | null | undefined;
  name: string | undefined;
  /** What was just saved: the form is emptied, so that no value stays on the screen. */
  saved: object | null;
};

export function SetSecretForm({ secrets, problem, name, saved }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const isBusy = useIsSubmitting("set");
  const missing = secrets.find((secret) => secret.isRequired && !secret.isSet)?.name;
  useEffect(() => {
    if (saved) form.current?.reset();
  }, [saved]);
  return (
    <CsrfForm ref={form} autoComplete="off" className="grid grid-cols-1 gap-4">
      <input type="hidden" name="intent" value="set" />
      <FormSummary problem={problem} />
      <TextField
        key={name ?? missing}
        label="Name"
        name="name"
        isMono
        required
        maxLength={64}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        list="known-secrets"
        placeholder="OPENAI_API_KEY"
        defaultValue={name ?? missing}
        error={problem?.fields["name"]}
      />
      <datalist id="known-secrets">
        {secrets.map((secret) => (
          <option key={secret.name} value={secret.name} />
        ))}
      </datalist>
      <ValueFields fields={problem?.fields} />
      <div>
        <Button tone="primary" isBusy={isBusy}>
          Save secret
        </Button>
      </div>
    </CsrfForm>
  );
}

function ValueFields({ fields }: { fields: FormProblem["fields"] | undefined }) {
  return (
    <>
      <SecretAreaField
        label="Value"
        name="value"
        required
        error={fields?.["value"]}
        help="Sealed on arrival, as a new version; the value before is destroyed. Nobody reads it back. In what the agent prints it is masked, from 5 characters on."
      />
      <TextField
        label="Expires (optional)"
        name="expiresOn"
        type="date"
        autoComplete="off"
        error={fields?.["expiresAt"]}
        help="A reminder by mail 14 and 3 days before and on the day. Nothing stops."
      />
    </>
  );
}
