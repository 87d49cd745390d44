// Gives a secret a value, or a new one.
import { useEffect, useRef } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { PasswordField } from "~/app/ui/password-field";
import { TextField } from "~/app/ui/text-field";
import type { SecretItem } from "~/server/secrets/secrets.contract";

type Props = {
  secrets: SecretItem[];
  problem: FormProblem | null | undefined;
  name: string | undefined;
  savedName: string | undefined;
};

export function SetSecretForm({ secrets, problem, name, savedName }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const isBusy = useIsSubmitting("set");
  const missing = secrets.find((secret) => secret.isRequired && !secret.isSet)?.name;
  useEffect(() => {
    if (savedName && !isBusy) form.current?.reset();
  }, [savedName, isBusy]);
  return (
    <CsrfForm ref={form} className="grid grid-cols-1 gap-4">
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
      <PasswordField
        label="Value"
        name="value"
        isMono
        required
        autoComplete="off"
        spellCheck={false}
        error={problem?.fields["value"]}
        help="Sealed on arrival. A live version uses a new value after its next deployment."
      />
      <div>
        <Button tone="primary" isBusy={isBusy}>
          Save secret
        </Button>
      </div>
    </CsrfForm>
  );
}
