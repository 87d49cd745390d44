// What sweeps wrote down: sums that were counted again, and raw telemetry that went.
import { Recycle, Scale } from "lucide-react";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { bytesWords, countWords, dayWords, spanWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { StateMark } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import type { SweepReports } from "~/server/admin/admin.contract";

export function RecountsPanel({ recounts }: Pick<SweepReports, "recounts">) {
  return (
    <Panel
      title="Usage counted again"
      description="Every six hours sums are held against the raw rows; what differs is repaired, and written into the audit log of its workspace."
      isFlush
    >
      {recounts.length === 0 ? (
        <EmptyState icon={Scale} title="Not counted again yet">
          The first recount runs within six hours of a worker's start.
        </EmptyState>
      ) : (
        <DataTable
          caption="Recounts of usage, newest first"
          head={
            <>
              <HeadCell>Result</HeadCell>
              <HeadCell isNumber>Sums repaired</HeadCell>
              <HeadCell isNumber isWideOnly>
                Events off
              </HeadCell>
              <HeadCell isNumber isWideOnly>
                Calls off
              </HeadCell>
              <HeadCell isNumber isWideOnly>
                Checked
              </HeadCell>
              <HeadCell isNumber isWideOnly>
                Days
              </HeadCell>
              <HeadCell isNumber isWideOnly>
                Took
              </HeadCell>
              <HeadCell isNumber>When</HeadCell>
            </>
          }
        >
          {recounts.map((run) => (
            <RecountRow key={run.id} run={run} />
          ))}
        </DataTable>
      )}
    </Panel>
  );
}

function RecountRow({ run }: { run: SweepReports["recounts"][number] }) {
  return (
    <tr>
      <Cell>
        {run.sumsRepaired > 0 ? <StateMark tone="waiting">Repaired</StateMark> : <StateMark tone="live">Agreed</StateMark>}
      </Cell>
      <Cell isNumber>{countWords(run.sumsRepaired)}</Cell>
      <Cell isNumber isWideOnly>
        {countWords(run.eventsDrift)}
      </Cell>
      <Cell isNumber isWideOnly>
        {countWords(run.callsDrift)}
      </Cell>
      <Cell isNumber isWideOnly>
        {countWords(run.sumsChecked)}
      </Cell>
      <Cell isNumber isWideOnly>
        {dayWords(run.countedFrom)} to {dayWords(new Date(run.countedTo.getTime() - 1))}
      </Cell>
      <Cell isNumber isWideOnly>
        {spanWords(run.tookMs)}
      </Cell>
      <Cell isNumber>
        <Moment at={run.finishedAt} />
      </Cell>
    </tr>
  );
}

export function RetentionPanel({ telemetry }: Pick<SweepReports, "telemetry">) {
  return (
    <Panel
      title="Retention of raw telemetry"
      description="By class of retention. Whole days go at once; sums are kept for 13 months."
      isFlush
    >
      {telemetry.length === 0 ? (
        <EmptyState icon={Recycle} title="No sweep has run yet">
          The first one runs within six hours of a worker's start.
        </EmptyState>
      ) : (
        <DataTable
          caption="Sweeps of raw telemetry, newest first"
          head={
            <>
              <HeadCell>Class</HeadCell>
              <HeadCell>Result</HeadCell>
              <HeadCell isNumber>Days dropped</HeadCell>
              <HeadCell isNumber isWideOnly>
                Freed
              </HeadCell>
              <HeadCell isNumber isWideOnly>
                Kept from
              </HeadCell>
              <HeadCell isNumber isWideOnly>
                Days ready ahead
              </HeadCell>
              <HeadCell isNumber isWideOnly>
                Took
              </HeadCell>
              <HeadCell isNumber>When</HeadCell>
            </>
          }
        >
          {telemetry.map((run) => (
            <RetentionRow key={run.id} run={run} />
          ))}
        </DataTable>
      )}
    </Panel>
  );
}

function RetentionRow({ run }: { run: SweepReports["telemetry"][number] }) {
  return (
    <tr>
      <Cell>
        <Tag isMono>{run.retentionClass}</Tag>
      </Cell>
      <Cell>
        {run.isComplete ? <StateMark tone="live">Done</StateMark> : <StateMark tone="waiting">Goes on next time</StateMark>}
      </Cell>
      <Cell isNumber>{countWords(run.partitionsDropped)}</Cell>
      <Cell isNumber isWideOnly>
        {bytesWords(run.bytesFreed)}
      </Cell>
      <Cell isNumber isWideOnly>
        {dayWords(new Date(run.keepFrom))}
      </Cell>
      <Cell isNumber isWideOnly>
        {countWords(run.partitionsAhead)}
      </Cell>
      <Cell isNumber isWideOnly>
        {spanWords(run.tookMs)}
      </Cell>
      <Cell isNumber>
        <Moment at={run.finishedAt} />
      </Cell>
    </tr>
  );
}
