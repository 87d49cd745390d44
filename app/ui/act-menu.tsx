// A small button that opens a list of acts over everything else, also out of a table that scrolls. The browser's own popover: Escape
// and a click elsewhere close it, and it opens without JavaScript, then in the middle of the screen.
import { type ReactNode, type RefObject, useEffect, useId, useRef } from "react";

type Props = { label: string; trigger: ReactNode; children: ReactNode };

export function ActMenu({ label, trigger, children }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  usePlaceUnder(button, list);
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-label={label}
        className="inline-grid size-8 place-items-center rounded-md text-ink-3 transition-colors hover:bg-hover hover:text-ink"
        {...{ popovertarget: id }}
      >
        {trigger}
      </button>
      <div
        ref={list}
        id={id}
        className="m-auto min-w-52 rounded-lg border border-line bg-raised p-1 text-left shadow-float"
        {...{ popover: "auto" }}
      >
        {children}
      </div>
    </>
  );
}

const gapPx = 4;

/** Below the button and level with its right edge; above it where there is no room below. Closed as soon as something scrolls. */
function usePlaceUnder(button: RefObject<HTMLElement>, list: RefObject<HTMLElement>): void {
  useEffect(() => {
    const box = list.current;
    if (!box) return;
    const hide = () => box.hidePopover();
    const place = () => {
      window.removeEventListener("scroll", hide, true);
      const at = button.current?.getBoundingClientRect();
      if (!at || !box.matches(":popover-open")) return;
      const isBelow = at.bottom + gapPx + box.offsetHeight <= window.innerHeight;
      const top = isBelow ? at.bottom + gapPx : Math.max(gapPx, at.top - gapPx - box.offsetHeight);
      Object.assign(box.style, { margin: "0", inset: `${top}px ${window.innerWidth - at.right}px auto auto` });
      window.addEventListener("scroll", hide, true);
    };
    box.addEventListener("toggle", place);
    return () => {
      box.removeEventListener("toggle", place);
      window.removeEventListener("scroll", hide, true);
    };
  }, [button, list]);
}
