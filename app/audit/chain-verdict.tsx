// What following the chain came to.
import { countOf, spanWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { Notice } from "~/app/ui/notice";
import { ShortId } from "~/app/ui/short-id";
import type { ChainVerdict } from "~/server/audit/audit.contract";

export function ChainVerdictNotice({ verdict }: { verdict: ChainVerdict }) {
  const { state, entries, checkedAfter, checkedTo, checkpoints, fault, checkedAt, tookMs } = verdict;
  const when = (
    <>
      <Moment at={checkedAt} />, in {spanWords(tookMs)}
    </>
  );
  if (fault) {
    return (
      <Notice tone="problem" title={`Not intact at position ${fault.position}`}>
        <p>{fault.message}</p>
        {fault.entryId ? (
          <p>
            Entry <ShortId id={fault.entryId} />
          </p>
        ) : null}
        <p className="text-ink-2">
          Up to position {checkedTo} all is as it was written. Keep an export, tell the operator of the platform, and compare with
          exports that you took earlier. Checked {when}.
        </p>
      </Notice>
    );
  }
  if (state === "partial") {
    return (
      <Notice title={`Sound up to position ${checkedTo} of ${entries}`}>
        A chain this long is followed in parts. Checked {when}.
      </Notice>
    );
  }
  return (
    <Notice tone="done" title="Intact">
      {checkedAfter > 0 ? `Positions ${checkedAfter + 1} to ${checkedTo}` : countOf(entries, "entry", "entries")} and{" "}
      {countOf(checkpoints, "signature")} are as they were written. Checked {when}.
    </Notice>
  );
}
