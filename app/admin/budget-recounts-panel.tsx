// What recounts of budgets found: what is spent of each period, held against the calls themselves.
import { WalletCards } from "lucide-react";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { countWords, spanWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { Panel } from "~/app/ui/panel";
import { StateMark } from "~/app/ui/state-mark";
import type { SweepReports } from "~/server/admin/admin.contract";

type Run = SweepReports["budgetRecounts"][number];

export function BudgetRecountsPanel({ runs }: { runs: Run[] }) {
  return (
    <Panel
      title="Budgets counted again"
      description="What is spent of each budget is held against the calls of its period; what differs is mended, and said in the log."
      isFlush
    >
      {runs.length === 0 ? (
        <EmptyState icon={WalletCards} title="Not counted again yet">
          The first recount writes its line here when a worker has run it.
        </EmptyState>
      ) : (
        <RunsTable runs={runs} />
      )}
    </Panel>
  );
}

function RunsTable({ runs }: { runs: Run[] }) {
  return (
    <DataTable
      caption="Recounts of budgets, newest first"
      head={
        <>
          <HeadCell>Result</HeadCell>
          <HeadCell isNumber>Mended</HeadCell>
          <HeadCell isNumber>Calls off</HeadCell>
          <HeadCell isNumber isWideOnly>
            Compute off
          </HeadCell>
          <HeadCell isNumber isWideOnly>
            Tokens off
          </HeadCell>
          <HeadCell isNumber isWideOnly>
            Checked
          </HeadCell>
          <HeadCell isNumber isWideOnly>
            Took
          </HeadCell>
          <HeadCell isNumber>When</HeadCell>
        </>
      }
    >
      {runs.map((run) => (
        <RunRow key={run.id} run={run} />
      ))}
    </DataTable>
  );
}

function RunRow({ run }: { run: Run }) {
  return (
    <tr>
      <Cell>
        {run.periodsMended > 0 ? <StateMark tone="waiting">Mended</StateMark> : <StateMark tone="live">Agreed</StateMark>}
      </Cell>
      <Cell isNumber>{countWords(run.periodsMended)}</Cell>
      <Cell isNumber>{countWords(run.requestsDrift)}</Cell>
      <Cell isNumber isWideOnly>
        {spanWords(run.computeMsDrift)}
      </Cell>
      <Cell isNumber isWideOnly>
        {countWords(run.tokensDrift)}
      </Cell>
      <Cell isNumber isWideOnly>
        {countWords(run.periodsChecked)}
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
