// One of the roles, each with what it means: a choice that is read before it is made.
import { CircleAlert } from "lucide-react";
import { useId } from "react";
import { Tag } from "~/app/ui/tag";
import type { RoleTable } from "~/server/workspaces/members.contract";

type RoleItem = RoleTable["roles"][number];
type Props = { legend: string; roles: RoleItem[]; chosen: string; error?: string | undefined; isLocked?: boolean };

export function RolePicker({ legend, roles, chosen, error, isLocked = false }: Props) {
  const errorId = useId();
  return (
    <fieldset className="grid grid-cols-1 gap-1.5" aria-describedby={error ? errorId : undefined} disabled={isLocked}>
      <legend className="mb-1.5 font-medium text-ink text-sm">{legend}</legend>
      {roles.map((item) => (
        <label
          key={item.role}
          className="flex cursor-pointer items-start gap-3 rounded-md border border-line px-3 py-2.5 transition-colors hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-disabled:cursor-default"
        >
          <input
            type="radio"
            name="role"
            value={item.role}
            defaultChecked={item.role === chosen}
            className="mt-1 size-3.5 shrink-0 accent-accent"
          />
          <span className="min-w-0">
            <span className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium text-ink text-sm leading-6">
              {item.title}
              {item.presetOf ? <Tag>also known as {item.presetOf}</Tag> : null}
            </span>
            <span className="block text-[0.8125rem] text-ink-2 leading-5">{item.summary}</span>
          </span>
        </label>
      ))}
      {error ? (
        <p id={errorId} className="flex items-start gap-1.5 text-[0.8125rem] text-failed leading-5">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          <span>{error}</span>
        </p>
      ) : null}
    </fieldset>
  );
}
