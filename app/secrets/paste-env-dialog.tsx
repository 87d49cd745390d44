// The button that opens the form for pasted `.env` text.
import { lazy, Suspense, useState } from "react";
import { Button } from "~/app/ui/button";
import type { SecretItem } from "~/server/secrets/secrets.contract";

const loadDialog = () => import("./paste-env-form");
const PasteDialog = lazy(async () => ({ default: (await loadDialog()).PasteDialog }));

export function PasteEnv({ secrets }: { secrets: SecretItem[] }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button type="button" size="small" onPointerEnter={() => void loadDialog()} onClick={() => setIsOpen(true)}>
        Paste .env
      </Button>
      {isOpen ? (
        <Suspense fallback={null}>
          <PasteDialog secrets={secrets} close={() => setIsOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
