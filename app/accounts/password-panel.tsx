// The password: another one for who has one, the first one for who came in by other ways.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import { PasswordField } from "~/app/ui/password-field";

export function PasswordPanel({ hasPassword, problem }: { hasPassword: boolean; problem: FormProblem | null }) {
  const intent = hasPassword ? "changePassword" : "setPassword";
  return (
    <Panel
      title="Password"
      description={hasPassword ? undefined : "This account has none yet. With one it can also sign in by its address."}
    >
      <CsrfForm className="grid max-w-md gap-5">
        <FormSummary problem={problem} />
        {hasPassword ? (
          <PasswordField
            label="Present password"
            name="currentPassword"
            autoComplete="current-password"
            required
            error={problem?.fields["currentPassword"]}
          />
        ) : null}
        <PasswordField
          label="New password"
          name="newPassword"
          autoComplete="new-password"
          required
          error={problem?.fields["newPassword"]}
          help="At least 10 characters. Every other session will be signed out."
        />
        <div>
          <Button name="intent" value={intent} isBusy={useIsSubmitting(intent)}>
            {hasPassword ? "Change password" : "Set a password"}
          </Button>
        </div>
      </CsrfForm>
    </Panel>
  );
}
