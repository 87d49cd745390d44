// A page on which a zip or a folder may be dropped: what that takes is fetched once the page is there.
import { lazy, Suspense, startTransition, useEffect, useState } from "react";

const DropHere = lazy(() => import("./drop-here"));

export function DropAnywhere(props: { workspaceId: string; onAccepted: (uploadId: string) => void }) {
  const [isInBrowser, setIsInBrowser] = useState(false);
  useEffect(() => startTransition(() => setIsInBrowser(true)), []);
  return isInBrowser ? (
    <Suspense fallback={null}>
      <DropHere {...props} />
    </Suspense>
  ) : null;
}
