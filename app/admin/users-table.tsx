// People as an operator finds them.
import { Link } from "@remix-run/react";
import { UserRound } from "lucide-react";
import { paths } from "~/app/paths";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { Moment } from "~/app/ui/moment";
import { Tag } from "~/app/ui/tag";
import type { FoundUser } from "~/server/admin/admin.contract";
import { AccountState } from "./account-state";

export function UsersTable({ users }: { users: FoundUser[] }) {
  if (users.length === 0) {
    return (
      <EmptyState icon={UserRound} title="Nobody matches">
        Try a part of the address or the name, or the whole id.
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption="People"
      head={
        <>
          <HeadCell>Person</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell isNumber isWideOnly>
            Since
          </HeadCell>
        </>
      }
    >
      {users.map((user) => (
        <tr key={user.userId} className="hover:bg-hover/50">
          <Cell className="max-w-0 py-2">
            <Link
              to={paths.adminUser(user.userId)}
              className="block truncate font-medium text-ink underline-offset-4 hover:underline"
            >
              {user.displayName}
            </Link>
            <span className="flex items-center gap-2">
              <span className="truncate text-ink-3 text-xs">{user.email}</span>
              {user.isSuperAdmin ? <Tag>operator</Tag> : null}
              {user.isVerified ? null : <Tag>not confirmed</Tag>}
            </span>
          </Cell>
          <Cell className="w-32">
            <AccountState disabledAt={user.disabledAt} />
          </Cell>
          <Cell isNumber isWideOnly className="w-32">
            <Moment at={user.createdAt} />
          </Cell>
        </tr>
      ))}
    </DataTable>
  );
}
