// What an act came to: in view wherever on the page it was asked for, read out, and put away by a click.
import { useNavigation } from "@remix-run/react";
import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { classNames } from "./class-names";
import { Notice } from "./notice";

/** `of`: the answer that it tells of; the next answer shows again what was put away. Without words it takes no room. */
export function Outcome({ of, children }: { of: unknown; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [putAway, setPutAway] = useState<unknown>(nothing);
  const isShown = Boolean(children) && putAway !== of;
  const isStill = useNavigation().state === "idle";
  // What the act took away may have held the focus: the keyboard goes on from here, not from the top of the page.
  useEffect(() => {
    if (isShown && isStill && of && document.activeElement === document.body) box.current?.focus({ preventScroll: true });
  }, [isShown, isStill, of]);
  return (
    // Always on the page: what is read out is what changes inside.
    <div
      ref={box}
      role="status"
      tabIndex={-1}
      className={classNames(
        "rounded-lg focus:outline-none",
        isShown ? "sticky top-[3.75rem] z-10 animate-arrive bg-surface shadow-float" : "absolute",
      )}
    >
      {isShown ? (
        <Notice tone="done" role="presentation" action={<PutAway onClick={() => setPutAway(of)} />}>
          {children}
        </Notice>
      ) : null}
    </div>
  );
}

const nothing = Symbol("nothing was put away yet");

function PutAway({ onClick }: { onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      aria-label="Put away"
      className="-my-0.5 -mr-1.5 grid size-7 shrink-0 place-items-center rounded text-ink-3 hover:bg-hover hover:text-ink"
    >
      <X aria-hidden="true" className="size-4" />
    </button>
  );
}
