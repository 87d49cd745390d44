// How a runtime is, as icon and word.
import { StateMark, type StateTone } from "~/app/ui/state-mark";
import type { RuntimeReport } from "~/server/runtimes/runtimes.contract";

type Props = { isOffered: boolean; check: Pick<NonNullable<RuntimeReport["check"]>, "status"> | null };

export const statusLooks: Record<NonNullable<Props["check"]>["status"], { tone: StateTone; word: string }> = {
  up: { tone: "live", word: "Up" },
  down: { tone: "failed", word: "Down" },
  unconfigured: { tone: "off", word: "Not set up" },
};

export function RuntimeMark({ isOffered, check }: Props) {
  if (!isOffered) return <StateMark tone="off">Not set up</StateMark>;
  if (!check) return <StateMark tone="waiting">Not checked yet</StateMark>;
  return <StateMark tone={statusLooks[check.status].tone}>{statusLooks[check.status].word}</StateMark>;
}
