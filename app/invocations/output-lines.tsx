// What the agent's processes printed, newest last, secrets masked.
import { SquareTerminal } from "lucide-react";
import { EmptyState } from "~/app/ui/empty-state";
import { ScrollArea } from "~/app/ui/scroll-area";

type OutputLine = { at: string; stream: "stdout" | "stderr" | "host"; line: string };

const looks: Record<OutputLine["stream"], string> = { stdout: "text-ink-2", stderr: "text-failed", host: "text-working" };

type Props = { lines: OutputLine[]; emptyTitle?: string };

export function OutputLines({ lines, emptyTitle = "Nothing printed yet" }: Props) {
  if (lines.length === 0) {
    return (
      <EmptyState icon={SquareTerminal} title={emptyTitle}>
        What the agent writes with console.log, and what its host says about the process, appears here. Values of secrets are
        masked.
      </EmptyState>
    );
  }
  return (
    <ScrollArea label="Output" className="max-h-128">
      <ol className="py-2 font-mono text-xs leading-5">
        {lines.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines carry no id and only ever come after the others.
          <li key={at} className="grid grid-cols-[auto_3rem_minmax(0,1fr)] gap-x-3 px-4 hover:bg-hover/60 sm:px-5">
            <time dateTime={line.at} className="text-ink-3">
              {line.at.slice(11, 23)}
            </time>
            <span className="text-ink-3">{line.stream}</span>
            <span className={`whitespace-pre-wrap break-words ${looks[line.stream]}`}>{line.line}</span>
          </li>
        ))}
      </ol>
    </ScrollArea>
  );
}
