// Which events one webhook gets, and what people call it.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import { TextField } from "~/app/ui/text-field";
import type { WebhookItem } from "~/server/webhooks/webhooks.contract";
import type { WebhookAnswer } from "./change-webhooks";
import { EventChoice } from "./event-choice";

type Props = { item: WebhookItem; mayChange: boolean; answer: WebhookAnswer | undefined };

export function WebhookEvents({ item, mayChange, answer }: Props) {
  const isBusy = useIsSubmitting("change");
  const fields = answer?.intent === "change" ? answer.problem?.fields : undefined;
  return (
    <Panel title="What it gets">
      <CsrfForm className="grid grid-cols-1 gap-5">
        <div className="max-w-xl">
          <TextField
            label="Description"
            name="description"
            maxLength={200}
            autoComplete="off"
            disabled={!mayChange}
            defaultValue={item.description}
            error={fields?.["description"]}
          />
        </div>
        <EventChoice chosen={item.events} error={fields?.["events"]} isLocked={!mayChange} />
        {mayChange ? (
          <div>
            <Button name="intent" value="change" isBusy={isBusy}>
              Save
            </Button>
          </div>
        ) : null}
      </CsrfForm>
    </Panel>
  );
}
