// When a runtime was last checked, and a word of warning when that is too long ago to mean anything.
import { Moment } from "~/app/ui/moment";
import type { RuntimeReport } from "~/server/runtimes/runtimes.contract";
import { statusLooks } from "./runtime-mark";

type Props = { check: Pick<NonNullable<RuntimeReport["check"]>, "status" | "checkedAt" | "since"> | null; now: number };

/** The worker asks every minute. */
const staleMs = 3 * 60_000;

export function CheckLine({ check, now }: Props) {
  if (!check) return <>The worker checks it within a minute of its start.</>;
  const word = statusLooks[check.status].word.toLowerCase();
  const isStale = now - check.checkedAt.getTime() > staleMs;
  return (
    <>
      Checked <Moment at={check.checkedAt} />: {word} since <Moment at={check.since} />
      {isStale ? <span className="text-working">. No worker has looked since: this may not be true any more</span> : null}.
    </>
  );
}
