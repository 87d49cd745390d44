// Which workspace this is, and the way to the others.
import { Link } from "@remix-run/react";
import { Check, ChevronsUpDown, Plus } from "lucide-react";
import { paths } from "~/app/paths";
import { classNames } from "~/app/ui/class-names";
import { DisclosureMenu, menuItemClass } from "~/app/ui/disclosure-menu";
import { Tag } from "~/app/ui/tag";
import type { MyWorkspaceItem, WorkspaceItem } from "~/server/workspaces/workspaces.contract";

type Props = { workspace: WorkspaceItem; workspaces: MyWorkspaceItem[] };

export function WorkspaceSwitcher({ workspace, workspaces }: Props) {
  return (
    <DisclosureMenu
      label={`Workspace ${workspace.name}, change`}
      triggerClass="flex h-10 min-w-0 items-center gap-2.5 rounded-md px-2 hover:bg-hover group-open:bg-hover"
      listClass="top-11 left-0 w-64"
      trigger={
        <>
          <Initial name={workspace.name} />
          <span className="min-w-0 flex-1 truncate font-medium text-sm">{workspace.name}</span>
          <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-ink-3" />
        </>
      }
    >
      <p className="px-2.5 pt-1.5 pb-1 text-ink-3 text-xs">Workspaces</p>
      <div className="max-h-[50dvh] overflow-y-auto">
        {workspaces.map((item) => (
          <Link key={item.workspaceId} to={paths.workspace(item.workspaceId)} className={classNames(menuItemClass, "h-10")}>
            <Initial name={item.name} />
            <span className="min-w-0 flex-1 truncate">{item.name}</span>
            <Tag>{item.isDisabled ? "disabled" : item.role}</Tag>
            {item.workspaceId === workspace.workspaceId ? <Check aria-label="open now" /> : null}
          </Link>
        ))}
      </div>
      <Link to={paths.workspaceNew()} className={classNames(menuItemClass, "mt-1 h-10")}>
        <Plus aria-hidden="true" />
        New workspace
      </Link>
    </DisclosureMenu>
  );
}

function Initial({ name }: { name: string }) {
  return (
    <span
      aria-hidden="true"
      className="grid size-6 shrink-0 place-items-center rounded bg-ink font-semibold text-on-ink text-xs uppercase"
    >
      {[...name][0]}
    </span>
  );
}
