// Each role in a sentence, the widest first.
import { Tag } from "~/app/ui/tag";
import type { RoleTable } from "~/server/workspaces/members.contract";

export function RoleCards({ roles }: { roles: RoleTable["roles"] }) {
  return (
    <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-3">
      {roles.map((item) => (
        <li key={item.role} className="rounded-lg border border-line bg-surface p-4">
          <h2 className="flex flex-wrap items-center gap-2 font-medium text-ink text-sm">
            {item.title}
            {item.presetOf ? <Tag>also known as {item.presetOf}</Tag> : null}
          </h2>
          <p className="mt-1 text-[0.8125rem] text-ink-2 leading-5">{item.summary}</p>
        </li>
      ))}
    </ul>
  );
}
