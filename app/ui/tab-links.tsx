// Tabs that are pages: each has its own address.
import { NavLink, useLocation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { classNames } from "./class-names";

type Props = { label: string; tabs: { to: string; label: string; end?: boolean; mark?: number }[] };

export function TabLinks({ label, tabs }: Props) {
  const strip = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of place may bring a tab that is out of sight.
  useEffect(() => showOpenTab(strip.current), [pathname]);
  return (
    <nav
      ref={strip}
      aria-label={label}
      className="max-md:-mx-4 overflow-x-auto border-line border-b max-md:px-4 sm:max-md:-mx-6 sm:max-md:px-6"
    >
      <ul className="flex gap-5">
        {tabs.map((tab) => (
          <li key={tab.to}>
            <NavLink
              to={tab.to}
              end={tab.end ?? false}
              prefetch="intent"
              className={({ isActive, isPending }) =>
                classNames(
                  "flex h-10 items-center gap-1.5 whitespace-nowrap border-b-2 text-sm transition-colors focus-visible:-outline-offset-2",
                  isActive || isPending ? "border-ink font-medium text-ink" : "border-transparent text-ink-2 hover:text-ink",
                )
              }
            >
              {tab.label}
              {tab.mark ? (
                <span className="tabular rounded-full bg-working-soft px-1.5 font-medium text-2xs text-working">{tab.mark}</span>
              ) : null}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** On a narrow screen the strip scrolls by itself; the page stays where it is. */
function showOpenTab(strip: HTMLElement | null): void {
  const open = strip?.querySelector<HTMLElement>("[aria-current=page]");
  if (strip && open) strip.scrollLeft = open.offsetLeft - (strip.clientWidth - open.offsetWidth) / 2;
}
