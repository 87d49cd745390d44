// An agent without a bundle yet: for those who deploy by API.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import type { FormProblem } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { TextField } from "~/app/ui/text-field";

export function EmptyAgentForm({ problem, name }: { problem: FormProblem | null | undefined; name: string | undefined }) {
  return (
    <details className="rounded-lg border border-line bg-surface" open={Boolean(problem)}>
      <summary className="flex h-12 items-center px-5 font-medium text-ink-2 text-sm hover:text-ink">
        Name it now, upload by API later
      </summary>
      <CsrfForm className="grid grid-cols-1 gap-4 border-line border-t p-5">
        <input type="hidden" name="intent" value="empty" />
        <FormSummary problem={problem} />
        <div className="flex flex-wrap items-end gap-3">
          <div className="min-w-48 flex-1">
            <TextField
              label="Name"
              name="name"
              isMono
              required
              maxLength={63}
              autoComplete="off"
              defaultValue={name}
              error={problem?.fields["name"]}
            />
          </div>
          <Button isBusy={useIsSubmitting("empty")}>Create without a bundle</Button>
        </div>
      </CsrfForm>
    </details>
  );
}
