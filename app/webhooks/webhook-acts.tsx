// What can be done with one webhook as a whole: try it, switch it, remove it.
import { useState } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Dialog } from "~/app/ui/dialog";
import type { WebhookItem } from "~/server/webhooks/webhooks.contract";

export function WebhookActs({ item }: { item: WebhookItem }) {
  const turn = item.isOn ? "off" : "on";
  const [isBusyTesting, isBusyTurning] = [useIsSubmitting("test"), useIsSubmitting(turn)];
  return (
    <>
      <CsrfForm className="flex flex-wrap gap-2">
        {item.isOn ? (
          <Button tone="primary" name="intent" value="test" isBusy={isBusyTesting}>
            Send a test event
          </Button>
        ) : null}
        <Button name="intent" value={turn} isBusy={isBusyTurning}>
          {item.isOn ? "Switch off" : "Switch on"}
        </Button>
      </CsrfForm>
      <RemoveWebhook item={item} />
    </>
  );
}

function RemoveWebhook({ item }: { item: WebhookItem }) {
  const [isAsked, ask] = useState(false);
  const isBusy = useIsSubmitting("remove");
  return (
    <>
      <Button type="button" tone="quiet" onClick={() => ask(true)}>
        Remove
      </Button>
      <Dialog
        isOpen={isAsked}
        onClose={() => ask(false)}
        title="Remove this webhook?"
        description={`Nothing is sent to ${item.host} by it any more. Its secrets and its log go with it; that cannot be undone.`}
      >
        <CsrfForm className="flex justify-end gap-2">
          <Button type="button" onClick={() => ask(false)}>
            Keep it
          </Button>
          <Button tone="danger" name="intent" value="remove" isBusy={isBusy}>
            Remove
          </Button>
        </CsrfForm>
      </Dialog>
    </>
  );
}
