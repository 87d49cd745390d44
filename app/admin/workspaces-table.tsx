// Workspaces as an operator finds them.
import { Link } from "@remix-run/react";
import { Boxes } from "lucide-react";
import { paths } from "~/app/paths";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { Moment } from "~/app/ui/moment";
import { Tag } from "~/app/ui/tag";
import type { FoundWorkspace } from "~/server/admin/admin.contract";
import { AccountState } from "./account-state";

export function WorkspacesTable({ workspaces }: { workspaces: FoundWorkspace[] }) {
  if (workspaces.length === 0) {
    return (
      <EmptyState icon={Boxes} title="No workspace matches">
        Try a part of the name, or the whole id.
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption="Workspaces"
      head={
        <>
          <HeadCell>Workspace</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell isNumber isWideOnly>
            Since
          </HeadCell>
        </>
      }
    >
      {workspaces.map((workspace) => (
        <tr key={workspace.workspaceId} className="hover:bg-hover/50">
          <Cell className="max-w-0 py-2">
            <span className="flex items-center gap-2">
              <Link
                to={paths.adminWorkspace(workspace.workspaceId)}
                className="truncate font-medium text-ink underline-offset-4 hover:underline"
              >
                {workspace.name}
              </Link>
              <Tag>{workspace.tier}</Tag>
            </span>
          </Cell>
          <Cell className="w-32">
            <AccountState disabledAt={workspace.disabledAt} />
          </Cell>
          <Cell isNumber isWideOnly className="w-32">
            <Moment at={workspace.createdAt} />
          </Cell>
        </tr>
      ))}
    </DataTable>
  );
}
