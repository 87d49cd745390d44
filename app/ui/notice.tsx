// A short message in the page: a word of what it is, what happened, and what to do.
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names";

const tones = {
  info: { icon: Info, look: "border-line bg-surface text-ink-2", mark: "text-accent" },
  done: { icon: CircleCheck, look: "border-live/30 bg-live-soft text-ink", mark: "text-live" },
  warning: { icon: TriangleAlert, look: "border-working/30 bg-working-soft text-ink", mark: "text-working" },
  problem: { icon: CircleAlert, look: "border-failed/30 bg-failed-soft text-ink", mark: "text-failed" },
};

type Props = {
  tone?: keyof typeof tones;
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
  /** Where something around it is read out already. */
  role?: "presentation" | undefined;
};

export function Notice({ tone = "info", title, children, action, className, role }: Props) {
  const { icon: Icon, look, mark } = tones[tone];
  return (
    <div
      role={role ?? (tone === "problem" ? "alert" : "status")}
      className={classNames(
        "flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg border px-4 py-3 text-sm leading-6",
        look,
        className,
      )}
    >
      <Icon aria-hidden="true" className={classNames("mt-1 size-4 shrink-0", mark)} />
      <div className="min-w-0 flex-1 basis-40 break-words">
        {title ? <p className="font-medium text-ink">{title}</p> : null}
        {children}
      </div>
      {action}
    </div>
  );
}
