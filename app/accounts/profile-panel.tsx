// What a person is called.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import { TextField } from "~/app/ui/text-field";
import type { Me } from "~/server/accounts/accounts.contract";
import type { ProfileAnswer } from "./change-profile";

export function ProfilePanel({ me, answer }: { me: Me; answer: ProfileAnswer | undefined }) {
  const problem = answer?.intent === "name" ? answer.problem : null;
  return (
    <Panel title="Name">
      <CsrfForm className="grid max-w-md gap-5">
        <FormSummary problem={problem} />
        <TextField
          label="Your name"
          name="displayName"
          autoComplete="name"
          required
          maxLength={100}
          defaultValue={me.displayName}
          error={problem?.fields["displayName"]}
          help="Letters greet you by it, and your teammates see it."
        />
        <div className="flex flex-wrap items-center gap-3">
          <Button name="intent" value="name" isBusy={useIsSubmitting("name")}>
            Save name
          </Button>
          <span role="status" className="text-live text-sm">
            {answer?.intent === "name" && !problem ? "Saved." : ""}
          </span>
        </div>
      </CsrfForm>
    </Panel>
  );
}
