// Asks before a webhook goes, and says what goes with it.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Dialog } from "~/app/ui/dialog";
import type { WebhookItem } from "~/server/webhooks/webhooks.contract";

export default function RemoveWebhookDialog({ item, close }: { item: WebhookItem; close: () => void }) {
  const isSlack = item.kind === "slack";
  const isBusy = useIsSubmitting("remove");
  return (
    <Dialog
      isOpen
      onClose={close}
      title={isSlack ? "Remove this Slack channel?" : "Remove this webhook?"}
      description={`Nothing is sent to ${isSlack ? "it" : `${item.host} by it`} any more. Its ${isSlack ? "address" : "secrets"} and its log go with it; that cannot be undone.`}
    >
      <CsrfForm className="flex justify-end gap-2">
        <Button type="button" onClick={close}>
          Keep it
        </Button>
        <Button tone="danger" name="intent" value="remove" isBusy={isBusy}>
          Remove
        </Button>
      </CsrfForm>
    </Dialog>
  );
}
