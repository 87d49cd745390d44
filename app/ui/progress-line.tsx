// A thin line at the top of the window while a page is on its way.
import { useNavigation } from "@remix-run/react";

export function ProgressLine() {
  const isMoving = useNavigation().state !== "idle";
  return (
    <div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-0 top-0 z-60 h-0.5 overflow-hidden">
      {isMoving ? (
        <>
          <div className="h-full w-1/4 animate-travel bg-accent" />
          <span className="sr-only">Loading</span>
        </>
      ) : null}
    </div>
  );
}
