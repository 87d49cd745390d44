// A small word in a box: a kind, a role, a version.
import type { ReactNode } from "react";
import { classNames } from "./class-names";

export function Tag({ children, isMono = false, className }: { children: ReactNode; isMono?: boolean; className?: string }) {
  return (
    <span
      className={classNames(
        "inline-flex h-5 items-center gap-1 whitespace-nowrap rounded border border-line bg-sunken px-1.5 font-medium text-2xs text-ink-2",
        isMono && "font-mono",
        className,
      )}
    >
      {children}
    </span>
  );
}
