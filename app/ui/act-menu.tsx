// A small button that opens a list of acts over everything else, also out of a table that scrolls.
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import { menuItemClass } from "./disclosure-menu";

export function ActMenu({ label, trigger, children }: { label: string; trigger: ReactNode; children: ReactNode }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={label}
        className="inline-grid size-8 place-items-center rounded-md text-ink-3 transition-colors hover:bg-hover hover:text-ink data-[state=open]:bg-hover data-[state=open]:text-ink"
      >
        {trigger}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={placeOfLists()}>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          collisionPadding={12}
          className="z-40 min-w-52 animate-arrive rounded-lg border border-line bg-raised p-1 shadow-float"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** Inside the landmark of the page, so that whoever moves by landmarks finds it there. */
function placeOfLists(): HTMLElement | null {
  return typeof document === "undefined" ? null : document.getElementById("content");
}

/** Around one link or button. */
export function ActMenuItem({ children }: { children: ReactNode }) {
  return (
    <DropdownMenu.Item asChild className={`${menuItemClass} outline-none data-[highlighted]:bg-hover`}>
      {children}
    </DropdownMenu.Item>
  );
}
