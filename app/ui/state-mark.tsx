// A state as icon and word; the colour only repeats what they say.
import { Ban, CircleAlert, CircleCheck, CircleDashed, CircleDot, CircleSlash, LoaderCircle } from "lucide-react";
import { classNames } from "./class-names";

export type StateTone = "live" | "working" | "failed" | "off" | "idle" | "waiting" | "stopped";

const looks: Record<StateTone, { icon: typeof Ban; look: string; moves?: boolean }> = {
  live: { icon: CircleCheck, look: "text-live" },
  working: { icon: LoaderCircle, look: "text-working", moves: true },
  waiting: { icon: CircleDashed, look: "text-working" },
  failed: { icon: CircleAlert, look: "text-failed" },
  off: { icon: Ban, look: "text-ink-3" },
  stopped: { icon: CircleSlash, look: "text-ink-3" },
  idle: { icon: CircleDot, look: "text-ink-3" },
};

export function StateMark({ tone, children, className }: { tone: StateTone; children: string; className?: string }) {
  const { icon: Icon, look, moves } = looks[tone];
  return (
    <span
      className={classNames(
        "inline-flex items-center gap-1.5 whitespace-nowrap align-middle font-medium text-[0.8125rem]",
        look,
        className,
      )}
    >
      <Icon aria-hidden="true" className={classNames("size-3.5 shrink-0", moves && "animate-spin [animation-duration:1.6s]")} />
      {children}
    </span>
  );
}
