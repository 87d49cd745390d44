// Takes a secret's value away, after saying what that means for what runs.
import { useState } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Dialog } from "~/app/ui/dialog";
import type { SecretItem } from "~/server/secrets/secrets.contract";

type Props = { secret: SecretItem; liveVersion: number | null };

/** The button sends by itself when there is no JavaScript to ask first. */
export function UnsetSecret({ secret, liveVersion }: Props) {
  const [isAsking, setIsAsking] = useState(false);
  const isBusy = useIsSubmitting(`unset ${secret.name}`);
  const fields = (
    <>
      <input type="hidden" name="name" value={secret.name} />
      <input type="hidden" name="intent" value="unset" />
    </>
  );
  return (
    <>
      <CsrfForm>
        {fields}
        <Button
          tone="quiet"
          size="small"
          aria-label={`Unset ${secret.name}`}
          isBusy={isBusy}
          onClick={(event) => {
            event.preventDefault();
            setIsAsking(true);
          }}
        >
          Unset
        </Button>
      </CsrfForm>
      <Dialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={`Unset ${secret.name}?`}
        description={<p>{consequenceOf(secret, liveVersion)} The value is destroyed and nobody can bring it back.</p>}
      >
        <CsrfForm className="flex flex-wrap justify-end gap-2" onSubmit={() => setIsAsking(false)}>
          {fields}
          <Button type="button" onClick={() => setIsAsking(false)}>
            Keep it
          </Button>
          <Button tone="danger" isBusy={isBusy}>
            Unset
          </Button>
        </CsrfForm>
      </Dialog>
    </>
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
