// Asks before a webhook goes, and says what goes with it.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Dialog } from "~/app/ui/dialog";

export default function RemoveWebhookDialog({ host, close }: { host: string; close: () => void }) {
  const isBusy = useIsSubmitting("remove");
  return (
    <Dialog
      isOpen
      onClose={close}
      title="Remove this webhook?"
      description={`Nothing is sent to ${host} by it any more. Its secrets and its log go with it; that cannot be undone.`}
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
