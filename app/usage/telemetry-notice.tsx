// What runtimes have not reported yet: shown, never guessed.
import { countWords, shareWords } from "~/app/ui/measures";
import { Notice } from "~/app/ui/notice";
import type { UsageSeries } from "~/server/telemetry/usage.contract";

export function TelemetryNotice({ series }: { series: UsageSeries }) {
  const lost = series.expectedEvents - series.receivedEvents;
  if (lost <= 0) return null;
  return (
    <Notice tone="warning" title={`${shareWords(lost, series.expectedEvents)} of the reports are missing`}>
      <p className="text-ink-2">
        The gateway let {countWords(series.expectedEvents)} calls through, runtimes reported {countWords(series.receivedEvents)}.
        Reports come in batches and may be a moment late; what stays missing is missing from the requests, tokens and costs shown
        here, not from the latency and the calls that the gateway measured.
      </p>
    </Notice>
  );
}
