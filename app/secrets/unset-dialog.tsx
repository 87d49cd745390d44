// Asks before a secret's value is taken away, and says what that means for what runs.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Dialog } from "~/app/ui/dialog";
import type { SecretItem } from "~/server/secrets/secrets.contract";
import { UnsetFields } from "./unset-fields";

type Props = { secret: SecretItem; liveVersion: number | null; close: () => void };

export function UnsetDialog({ secret, liveVersion, close }: Props) {
  const isBusy = useIsSubmitting(`unset ${secret.name}`);
  return (
    <Dialog
      isOpen
      onClose={close}
      title={`Unset ${secret.name}?`}
      description={<p>{consequenceOf(secret, liveVersion)} The value is destroyed and nobody can bring it back.</p>}
    >
      <CsrfForm className="flex flex-wrap justify-end gap-2" onSubmit={close}>
        <UnsetFields name={secret.name} />
        <Button type="button" onClick={close}>
          Keep it
        </Button>
        <Button tone="danger" isBusy={isBusy}>
          Unset
        </Button>
      </CsrfForm>
    </Dialog>
  );
}

function consequenceOf({ name, isRequired, isOptional }: SecretItem, liveVersion: number | null): string {
  if (liveVersion === null)
    return isRequired ? `The newest version needs ${name}: it cannot start without.` : "No version is live.";
  if (isRequired) {
    return `Version ${liveVersion} needs it: what runs goes on with the value it has, and the next start will fail. Deploying is refused until it has a value.`;
  }
  if (isOptional) return `Version ${liveVersion} may use it: from its next start on it runs without.`;
  return `Version ${liveVersion} does not name it, so nothing changes for what runs.`;
}
