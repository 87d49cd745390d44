// Several secrets at once from pasted `.env` text: read in the browser, keys previewed, values never shown.
import { lazy, Suspense, useState } from "react";
import { Button } from "~/app/ui/button";
import { Dialog } from "~/app/ui/dialog";
import type { SecretItem } from "~/server/secrets/secrets.contract";

const PasteForm = lazy(() => import("./paste-env-form"));

export function PasteEnv({ secrets }: { secrets: SecretItem[] }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button type="button" size="small" onClick={() => setIsOpen(true)}>
        Paste .env
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title="Set several secrets"
        description="Paste the text of a .env file. It is read here in your browser; all of its keys are set in one act, or none."
      >
        {isOpen ? (
          <Suspense fallback={null}>
            <PasteForm secrets={secrets} close={() => setIsOpen(false)} />
          </Suspense>
        ) : null}
      </Dialog>
    </>
  );
}
