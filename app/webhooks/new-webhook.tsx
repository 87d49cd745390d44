// Makes a signed webhook: where to, and which events.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import { Button } from "~/app/ui/button";
import { TextField } from "~/app/ui/text-field";
import type { WebhookItem } from "~/server/webhooks/webhooks.contract";
import type { WebhookAnswer } from "./change-webhooks";
import { EventChoice } from "./event-choice";

type Props = { hosts: string[]; answer: WebhookAnswer | undefined };

export function NewWebhook({ hosts, answer }: Props) {
  const isBusy = useIsSubmitting("create");
  if (hosts.length === 0) {
    return (
      <p className="text-ink-2 text-sm leading-6">
        It is sent to approved hosts only. An owner or admin approves one below first.
      </p>
    );
  }
  const problem = answer?.intent === "create" ? answer.problem : null;
  const typed = problem ? answer?.typed : undefined;
  return (
    <CsrfForm className="grid grid-cols-1 gap-5">
      <input type="hidden" name="intent" value="create" />
      <FormSummary problem={problem} />
      <div className="grid grid-cols-1 items-start gap-5 sm:grid-cols-2">
        <TextField
          label="Address"
          name="url"
          type="url"
          isMono
          required
          maxLength={500}
          autoComplete="off"
          placeholder={`https://${hosts[0] ?? "hooks.example.com"}/webhost`}
          defaultValue={typed?.url}
          error={problem?.fields["url"]}
          help="At an approved host. Put no secret into it: the signature proves who sends."
        />
        <TextField
          label="Description"
          name="description"
          maxLength={200}
          autoComplete="off"
          placeholder="Incident channel"
          defaultValue={typed?.description}
          error={problem?.fields["description"]}
        />
      </div>
      <EventChoice chosen={(typed?.events ?? []) as WebhookItem["events"]} error={problem?.fields["events"]} />
      <div>
        <Button tone="primary" isBusy={isBusy}>
          Make webhook
        </Button>
      </div>
    </CsrfForm>
  );
}
