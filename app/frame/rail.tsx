// The left rail of a wide screen: workspace, places, account.
import { NavLink } from "@remix-run/react";
import { classNames } from "~/app/ui/class-names";
import { AccountMenu } from "./account-menu";
import { useRailItems } from "./rail-items";
import type { ShellFacts } from "./shell";
import { ThemeChoice } from "./theme-choice";
import { WorkspaceSwitcher } from "./workspace-switcher";

export function Rail({ me, workspace, workspaces }: ShellFacts) {
  const railItems = useRailItems();
  return (
    <aside className="sticky top-0 hidden h-dvh flex-col border-line border-r bg-sunken p-3 md:flex">
      <WorkspaceSwitcher workspace={workspace} workspaces={workspaces} />
      <nav aria-label="Workspace" className="mt-4 flex-1">
        <ul className="grid grid-cols-1 gap-0.5">
          {railItems.map(({ label, to, icon: Icon, end = false }) => (
            <li key={label}>
              <NavLink
                to={to(workspace.workspaceId)}
                end={end}
                prefetch="intent"
                className={({ isActive, isPending }) =>
                  classNames(
                    "group flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm transition-colors",
                    isActive || isPending
                      ? "bg-surface font-medium text-ink shadow-raised ring-1 ring-line"
                      : "text-ink-2 hover:bg-hover hover:text-ink",
                  )
                }
              >
                <Icon aria-hidden="true" className="size-4 text-ink-3 group-aria-[current=page]:text-accent" />
                {label}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <div className="flex items-center gap-1 border-line border-t pt-3">
        <AccountMenu me={me} />
        <ThemeChoice />
      </div>
    </aside>
  );
}
