// Every act against every role, as a table.
import { Check, Minus } from "lucide-react";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { Tag } from "~/app/ui/tag";
import type { RoleTable } from "~/server/workspaces/members.contract";

export function RoleMatrix({ table }: { table: RoleTable }) {
  const titleOf = new Map(table.areas.map(({ area, title }) => [area, title]));
  return (
    <DataTable
      caption="Acts by role"
      head={
        <>
          <HeadCell>Act</HeadCell>
          {table.roles.map(({ role, title }) => (
            <HeadCell key={role} className="text-center">
              {title}
            </HeadCell>
          ))}
        </>
      }
    >
      {table.actions.map(({ action, meaning, roles, areas }) => (
        <tr key={action}>
          <Cell className="min-w-60 py-2">
            <p className="text-ink">{meaning}</p>
            <p className="mt-0.5 flex flex-wrap items-center gap-x-2 gap-y-1">
              <code className="font-mono text-ink-3 text-xs">{action}</code>
              {areas.map((area) => (
                <Tag key={area}>+ {titleOf.get(area)}</Tag>
              ))}
            </p>
          </Cell>
          {table.roles.map(({ role }) => (
            <Cell key={role} className="relative text-center">
              <Mark isAllowed={roles.includes(role)} />
            </Cell>
          ))}
        </tr>
      ))}
    </DataTable>
  );
}

function Mark({ isAllowed }: { isAllowed: boolean }) {
  const Icon = isAllowed ? Check : Minus;
  return (
    <>
      <Icon aria-hidden="true" className={isAllowed ? "mx-auto size-4 text-live" : "mx-auto size-4 text-line-strong"} />
      <span className="sr-only">{isAllowed ? "yes" : "no"}</span>
    </>
  );
}
