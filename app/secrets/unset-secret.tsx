// The button that takes a secret's value away, once its dialog said what that means.
import { lazy, Suspense, useState } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import type { SecretItem } from "~/server/secrets/secrets.contract";
import { UnsetFields } from "./unset-fields";

const loadDialog = () => import("./unset-dialog");
const UnsetDialog = lazy(async () => ({ default: (await loadDialog()).UnsetDialog }));

type Props = { secret: SecretItem; liveVersion: number | null };

/** The button sends by itself when there is no JavaScript to ask first. */
export function UnsetSecret({ secret, liveVersion }: Props) {
  const [isAsking, setIsAsking] = useState(false);
  const isBusy = useIsSubmitting(`unset ${secret.name}`);
  return (
    <>
      <CsrfForm>
        <UnsetFields name={secret.name} />
        <Button
          tone="quiet"
          size="small"
          aria-label={`Unset ${secret.name}`}
          isBusy={isBusy}
          onPointerEnter={() => void loadDialog()}
          onClick={(event) => {
            event.preventDefault();
            setIsAsking(true);
          }}
        >
          Unset
        </Button>
      </CsrfForm>
      {isAsking ? (
        <Suspense fallback={null}>
          <UnsetDialog secret={secret} liveVersion={liveVersion} close={() => setIsAsking(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
