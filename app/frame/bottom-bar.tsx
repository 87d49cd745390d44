// The rail of a phone: four places at the thumb, the others behind "More".
import { NavLink } from "@remix-run/react";
import { Ellipsis } from "lucide-react";
import { classNames } from "~/app/ui/class-names";
import { DisclosureMenu, menuItemClass } from "~/app/ui/disclosure-menu";
import { type RailItem, useRailItems } from "./rail-items";

const atTheThumb = ["Overview", "Agents", "Usage", "Audit"];
const slotClass = "flex h-14 flex-col items-center justify-center gap-0.5 text-2xs";

export function BottomBar({ workspaceId }: { workspaceId: string }) {
  const railItems = useRailItems();
  const near = railItems.filter((item) => atTheThumb.includes(item.label));
  const others = railItems.filter((item) => !atTheThumb.includes(item.label));
  return (
    <nav
      aria-label="Workspace"
      className="fixed inset-x-0 bottom-0 z-30 grid auto-cols-fr grid-flow-col border-line border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {near.map((item) => (
        <Place key={item.label} item={item} workspaceId={workspaceId} />
      ))}
      <DisclosureMenu
        label="More places"
        triggerClass={classNames(slotClass, "text-ink-3 group-open:text-ink")}
        listClass="right-2 bottom-16 w-48"
        trigger={
          <>
            <Ellipsis aria-hidden="true" className="size-5" />
            More
          </>
        }
      >
        {others.map(({ label, to, icon: Icon }) => (
          <NavLink key={label} to={to(workspaceId)} className={menuItemClass}>
            <Icon aria-hidden="true" />
            {label}
          </NavLink>
        ))}
      </DisclosureMenu>
    </nav>
  );
}

function Place({ item: { label, to, icon: Icon, end = false }, workspaceId }: { item: RailItem; workspaceId: string }) {
  return (
    <NavLink
      to={to(workspaceId)}
      end={end}
      className={({ isActive }) => classNames(slotClass, isActive ? "font-medium text-ink" : "text-ink-3")}
    >
      <Icon aria-hidden="true" className="size-5" />
      {label}
    </NavLink>
  );
}
