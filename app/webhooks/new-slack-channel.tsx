// Adds a channel of Slack by the address of its incoming webhook, which is a secret: it is typed once and never shown again.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import { Button } from "~/app/ui/button";
import { SecretAreaField } from "~/app/ui/secret-area-field";
import { TextField } from "~/app/ui/text-field";
import type { WebhookItem } from "~/server/webhooks/webhooks.contract";
import type { WebhookAnswer } from "./change-webhooks";
import { EventChoice } from "./event-choice";
import { eventWords } from "./webhook-words";

type Props = { slackHosts: string[]; isApproved: boolean; mayApprove: boolean; answer: WebhookAnswer | undefined };

const guide = "https://api.slack.com/messaging/webhooks";
const everyEvent = Object.keys(eventWords) as WebhookItem["events"];

export function NewSlackChannel({ slackHosts, isApproved, mayApprove, answer }: Props) {
  const isBusy = useIsSubmitting("createSlack");
  if (!isApproved) return <ApproveSlack hosts={slackHosts} mayApprove={mayApprove} />;
  const problem = answer?.intent === "createSlack" ? answer.problem : null;
  const typed = problem ? answer?.typed : undefined;
  return (
    <CsrfForm className="grid grid-cols-1 gap-5">
      <input type="hidden" name="intent" value="createSlack" />
      <FormSummary problem={problem} />
      <div className="grid grid-cols-1 items-start gap-5 sm:grid-cols-2">
        <SecretAreaField
          label="Address of the incoming webhook"
          name="slackUrl"
          id="field-url"
          required
          maxLength={500}
          placeholder={`https://${slackHosts[0] ?? ""}/services/T…/B…/…`}
          error={problem?.fields["url"]}
          help={<WhereFrom />}
        />
        <TextField
          label="Description"
          name="description"
          maxLength={200}
          autoComplete="off"
          placeholder="#incidents"
          defaultValue={typed?.description}
          error={problem?.fields["description"]}
          help="What you call the channel here: its address does not say its name."
        />
      </div>
      <EventChoice chosen={(typed?.events ?? everyEvent) as WebhookItem["events"]} error={problem?.fields["events"]} />
      <div>
        <Button tone="primary" isBusy={isBusy}>
          Add Slack channel
        </Button>
      </div>
    </CsrfForm>
  );
}

function WhereFrom() {
  return (
    <>
      In Slack, make an app with{" "}
      <a className="underline underline-offset-2" href={guide} rel="noreferrer">
        Incoming Webhooks
      </a>{" "}
      on, add one to the channel, and copy its address. Whoever knows it can write there, so it is sealed and never shown again.
    </>
  );
}

function ApproveSlack({ hosts, mayApprove }: { hosts: string[]; mayApprove: boolean }) {
  const isBusy = useIsSubmitting("approve");
  const [first, ...others] = hosts;
  if (!mayApprove) {
    return (
      <p className="text-ink-2 text-sm leading-6">An owner or admin approves {first} first: nothing is sent to other hosts.</p>
    );
  }
  return (
    <div className="grid grid-cols-1 gap-3">
      <p className="max-w-2xl text-ink-2 text-sm leading-6">
        Nothing leaves this workspace for a host that nobody approved. Approve {first} once, and channels of Slack can be added
        {others.length > 0 ? `; for GovSlack it is ${others.join(", ")}, below` : null}.
      </p>
      <CsrfForm>
        <input type="hidden" name="host" value={first} />
        <Button tone="primary" name="intent" value="approve" isBusy={isBusy}>
          Approve {first}
        </Button>
      </CsrfForm>
    </div>
  );
}
