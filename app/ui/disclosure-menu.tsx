// A button that opens a small list under itself; works before and without JavaScript, closes on Escape, choice and a click elsewhere.
import { useLocation } from "@remix-run/react";
import { type ReactNode, useEffect, useRef } from "react";
import { classNames } from "./class-names";

type Props = { label: string; trigger: ReactNode; triggerClass: string; listClass: string; children: ReactNode };

export function DisclosureMenu({ label, trigger, triggerClass, listClass, children }: Props) {
  const details = useRef<HTMLDetailsElement>(null);
  useClosing(details);
  return (
    <details ref={details} className="group relative">
      <summary aria-label={label} className={triggerClass}>
        {trigger}
      </summary>
      <div
        className={classNames("absolute z-40 animate-arrive rounded-lg border border-line bg-raised p-1 shadow-float", listClass)}
      >
        {children}
      </div>
    </details>
  );
}

export const menuItemClass =
  "flex h-9 w-full items-center gap-2.5 rounded-md px-2.5 text-left text-ink text-sm transition-colors hover:bg-hover [&_svg]:size-4 [&_svg]:text-ink-3";

function useClosing(details: React.RefObject<HTMLDetailsElement | null>) {
  const location = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: every navigation closes the list.
  useEffect(() => details.current?.removeAttribute("open"), [location.key]);
  useEffect(() => {
    const closeUnlessInside = (event: Event) => {
      if (event.target instanceof Node && !details.current?.contains(event.target)) details.current?.removeAttribute("open");
    };
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !details.current?.open) return;
      details.current.removeAttribute("open");
      details.current.querySelector("summary")?.focus();
    };
    document.addEventListener("pointerdown", closeUnlessInside);
    document.addEventListener("focusin", closeUnlessInside);
    document.addEventListener("keydown", closeOnEscape);
    return () => {
      document.removeEventListener("pointerdown", closeUnlessInside);
      document.removeEventListener("focusin", closeUnlessInside);
      document.removeEventListener("keydown", closeOnEscape);
    };
  }, [details]);
}
