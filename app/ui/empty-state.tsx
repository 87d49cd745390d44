// Nothing here yet: what this is, and the one thing to do next.
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

type Props = { icon: LucideIcon; title: string; children?: ReactNode; action?: ReactNode };

export function EmptyState({ icon: Icon, title, children, action }: Props) {
  return (
    <div className="grid justify-items-center gap-1 px-4 py-12 text-center">
      <span className="mb-3 grid size-10 place-items-center rounded-lg border border-line bg-sunken text-ink-3">
        <Icon aria-hidden="true" className="size-5" />
      </span>
      <p className="font-medium text-ink">{title}</p>
      {children ? <div className="max-w-md text-ink-2 text-sm leading-6">{children}</div> : null}
      {action ? <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
