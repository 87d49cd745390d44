// Opens the command palette; the palette itself is fetched the first time it is wanted.
import { Search } from "lucide-react";
import { lazy, Suspense, startTransition, useEffect, useState } from "react";

const CommandPalette = lazy(() => import("./command-palette"));

export function PaletteButton({ workspaceId }: { workspaceId: string }) {
  const [place, setPlace] = useState<"unused" | "open" | "closed">("unused");
  // As transitions: an urgent update that suspends while the page is still being hydrated ends React's root with an error.
  const open = () => startTransition(() => setPlace("open"));
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      startTransition(() => setPlace((before) => (before === "open" ? "closed" : "open")));
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <button
        type="button"
        onClick={open}
        aria-keyshortcuts="Control+K Meta+K"
        aria-haspopup="dialog"
        className="flex h-9 items-center gap-2 rounded-md text-ink-3 text-sm transition-colors hover:text-ink max-md:w-9 max-md:justify-center max-md:hover:bg-hover md:h-8 md:w-56 md:border md:border-line md:bg-surface md:px-2.5 md:hover:border-line-strong"
      >
        <Search aria-hidden="true" className="size-4 shrink-0" />
        <span className="flex-1 text-left max-md:sr-only">Go to or do…</span>
        <kbd className="hidden rounded border border-line bg-sunken px-1 font-sans text-2xs md:block">Ctrl K</kbd>
      </button>
      {place !== "unused" ? (
        <Suspense fallback={null}>
          <CommandPalette isOpen={place === "open"} onClose={() => setPlace("closed")} workspaceId={workspaceId} />
        </Suspense>
      ) : null}
    </>
  );
}
