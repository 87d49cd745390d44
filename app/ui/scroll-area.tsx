// A part of the page that scrolls by itself, reachable and scrollable by keyboard. It holds what is only for screen readers, too.
import type { ReactNode, Ref, UIEventHandler } from "react";
import { classNames } from "./class-names";

type Props = {
  label: string;
  className?: string;
  children: ReactNode;
  boxRef?: Ref<HTMLDivElement>;
  onScroll?: UIEventHandler<HTMLDivElement>;
};

export function ScrollArea({ label, className, children, boxRef, onScroll }: Props) {
  const look = classNames("relative overflow-auto focus-visible:-outline-offset-2", className);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section would be a landmark, and there are many of these on a page.
    <div ref={boxRef} role="group" tabIndex={0} aria-label={label} className={look} onScroll={onScroll}>
      {children}
    </div>
  );
}
