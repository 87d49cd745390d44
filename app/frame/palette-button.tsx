// Opens the command palette; the palette itself is fetched the first time it is wanted.
import { Search } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";

const CommandPalette = lazy(() => import("./command-palette"));

export function PaletteButton({ workspaceId }: { workspaceId: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);
  const open = () => {
    setWasOpened(true);
    setIsOpen(true);
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setWasOpened(true);
      setIsOpen((before) => !before);
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
      {wasOpened ? (
        <Suspense fallback={null}>
          <CommandPalette isOpen={isOpen} onClose={() => setIsOpen(false)} workspaceId={workspaceId} />
        </Suspense>
      ) : null}
    </>
  );
}
