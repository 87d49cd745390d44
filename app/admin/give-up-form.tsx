// A key-encryption key that nobody has any more: what hangs on it, how it is mended, and the last resort.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { countOf } from "~/app/ui/measures";
import { Notice } from "~/app/ui/notice";
import { TextField } from "~/app/ui/text-field";
import type { WrappingKey } from "~/server/rotation/rotation.contract";

type Props = { missing: WrappingKey; problem: FormProblem | null };

export function GiveUpForm({ missing, problem }: Props) {
  const isBusy = useIsSubmitting("giveUp");
  return (
    <Notice tone="problem" title={`The key ${missing.id} is missing`}>
      <p>
        It wraps {countOf(missing.dataKeys, "data key")}: what is sealed under them does not open. Add the key to{" "}
        <code className="font-mono text-[0.8125rem]">KEY_ENCRYPTION_FORMER_KEYS</code> and start anew; then nothing is lost.
      </p>
      <details className="mt-3">
        <summary className="cursor-pointer font-medium text-ink">The key is lost for good</summary>
        <CsrfForm className="mt-3 grid max-w-md gap-4">
          <FormSummary problem={problem} />
          <p>
            Its data keys are destroyed. Secrets of these workspaces, authenticator apps of these people and letters that wait are
            lost, and have to be set anew. This cannot be undone, not even when the key is found.
          </p>
          <input type="hidden" name="kekId" value={missing.id} />
          <TextField
            label={
              <>
                Type <code className="font-mono">{missing.id}</code> to confirm
              </>
            }
            name="confirmation"
            autoComplete="off"
            spellCheck={false}
            error={problem?.fields["confirmation"]}
          />
          <div>
            <Button name="intent" value="giveUp" tone="danger" isBusy={isBusy}>
              Give up what it guards
            </Button>
          </div>
        </CsrfForm>
      </details>
    </Notice>
  );
}
