// What stands above everything that follows a span of time: which span, and its numbers as a file.
import { CsvLink } from "./csv-link";
import { SpanChoice } from "./span-choice";
import type { Span } from "./spans";

export function SpanBar({ span, ...place }: { span: Span; workspaceId: string; agentId?: string }) {
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      <SpanChoice hours={span.hours} />
      <CsvLink {...place} span={span} />
    </div>
  );
}
