// What can be done with one webhook as a whole: try it, switch it, remove it.
import { lazy, Suspense, useState } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import type { WebhookItem } from "~/server/webhooks/webhooks.contract";

const loadDialog = () => import("./remove-webhook-dialog");
const Dialog = lazy(loadDialog);

export function WebhookActs({ item }: { item: WebhookItem }) {
  const turn = item.isOn ? "off" : "on";
  const [isBusyTesting, isBusyTurning] = [useIsSubmitting("test"), useIsSubmitting(turn)];
  return (
    <>
      <CsrfForm className="flex flex-wrap gap-2">
        {item.isOn ? (
          <Button tone="primary" name="intent" value="test" isBusy={isBusyTesting}>
            {item.kind === "slack" ? "Send a test message" : "Send a test event"}
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
  return (
    <>
      <Button type="button" tone="quiet" onPointerEnter={() => void loadDialog()} onClick={() => ask(true)}>
        Remove
      </Button>
      {isAsked ? (
        <Suspense fallback={null}>
          <Dialog item={item} close={() => ask(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
