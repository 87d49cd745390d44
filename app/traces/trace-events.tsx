// What runtimes signed for under one trace id.
import { Radio } from "lucide-react";
import { errorWords } from "~/app/invocations/error-words";
import { Cell, DataTable, HeadCell, NarrowLine } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { countWords, dollarsWords, exactWords, spanWords } from "~/app/ui/measures";
import { Panel } from "~/app/ui/panel";
import { ShortId } from "~/app/ui/short-id";
import type { TraceEvent } from "~/server/invocations/invocations.contract";

export function TraceEvents({ events }: { events: TraceEvent[] }) {
  return (
    <Panel
      title="Reports of the runtime"
      description="Signed by the deployment, counted once. Counts and timings, never content."
      isFlush
    >
      {events.length === 0 ? (
        <EmptyState icon={Radio} title="Nothing reported yet">
          Reports come in batches, a few seconds after the call; what never comes is counted as missing on the metrics page.
        </EmptyState>
      ) : (
        <DataTable
          caption="Reports of the runtime"
          head={
            <>
              <HeadCell>Report</HeadCell>
              <HeadCell isWideOnly>At</HeadCell>
              <HeadCell isNumber>Tokens</HeadCell>
              <HeadCell isNumber>Compute</HeadCell>
              <HeadCell isNumber isWideOnly>
                Tool calls
              </HeadCell>
              <HeadCell isNumber>Errors</HeadCell>
              <HeadCell isNumber isWideOnly>
                Cost, estimated
              </HeadCell>
              <HeadCell isNumber isWideOnly>
                Arrived after
              </HeadCell>
            </>
          }
        >
          {events.map((event) => (
            <EventRow key={`${event.deploymentId} ${event.eventId}`} event={event} />
          ))}
        </DataTable>
      )}
    </Panel>
  );
}

function EventRow({ event }: { event: TraceEvent }) {
  return (
    <tr>
      <Cell className="py-2">
        <ShortId id={event.eventId} />
        <NarrowLine>{exactWords(event.occurredAt)}</NarrowLine>
      </Cell>
      <Cell isWideOnly className="tabular whitespace-nowrap">
        {exactWords(event.occurredAt)}
      </Cell>
      <Cell isNumber>{countWords(event.llmTokens)}</Cell>
      <Cell isNumber>{spanWords(event.computeMs)}</Cell>
      <Cell isNumber isWideOnly>
        {countWords(event.toolCalls)}
      </Cell>
      <Cell isNumber className={event.errors > 0 ? "text-failed" : undefined}>
        {event.errors > 0 && event.errorClass ? errorWords[event.errorClass].word : countWords(event.errors)}
      </Cell>
      <Cell isNumber isWideOnly>
        {dollarsWords(event.costUsdEstimated)}
      </Cell>
      <Cell isNumber isWideOnly>
        {spanWords(Math.max(0, event.receivedAt.getTime() - event.occurredAt.getTime()))}
      </Cell>
    </tr>
  );
}
