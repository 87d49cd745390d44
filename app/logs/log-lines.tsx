// Lines that an agent printed, newest last, secrets masked. Stays at the newest line unless somebody scrolled up to read.
import { Link } from "@remix-run/react";
import { SquareTerminal } from "lucide-react";
import { Fragment, useEffect, useRef } from "react";
import { type AgentPlace, paths } from "~/app/paths";
import { EmptyState } from "~/app/ui/empty-state";
import { exactWords } from "~/app/ui/measures";
import { ScrollArea } from "~/app/ui/scroll-area";
import type { LogLine } from "~/server/logs/logs.contract";

const looks: Record<LogLine["stream"], string> = { stdout: "text-ink-2", stderr: "text-failed", host: "text-working" };

type Props = { lines: LogLine[]; at: AgentPlace; emptyTitle: string; emptyText: string };

export function LogLines({ lines, at, emptyTitle, emptyText }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new line moves the end.
  useEffect(() => {
    if (isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  if (lines.length === 0) {
    return (
      <EmptyState icon={SquareTerminal} title={emptyTitle}>
        {emptyText}
      </EmptyState>
    );
  }
  return (
    <ScrollArea
      boxRef={box}
      label="Output"
      className="max-h-128"
      onScroll={({ currentTarget: area }) => {
        isAtEnd.current = area.scrollHeight - area.scrollTop - area.clientHeight < 40;
      }}
    >
      <div role="log" aria-label="Lines">
        <ol className="py-2 font-mono text-xs leading-5">
          {lines.map((line, place) => (
            <Fragment key={line.id}>
              {dayOf(line) === dayOf(lines[place - 1]) ? null : (
                <li className="px-4 py-0.5 font-sans text-ink-3 sm:px-5">{dayOf(line)} UTC</li>
              )}
              <Line line={line} at={at} />
            </Fragment>
          ))}
        </ol>
      </div>
    </ScrollArea>
  );
}

function dayOf(line: LogLine | undefined): string {
  return line?.at.toISOString().slice(0, 10) ?? "";
}

function Line({ line, at }: { line: LogLine; at: AgentPlace }) {
  const moment = line.at.toISOString();
  return (
    <li className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 px-4 hover:bg-hover/60 sm:grid-cols-[auto_5.5rem_minmax(0,1fr)_auto] sm:px-5">
      <time dateTime={moment} title={exactWords(line.at)} className="text-ink-3">
        {moment.slice(11, 19)}
        <span className="max-sm:hidden">{moment.slice(19, 23)}</span>
      </time>
      <span className="text-ink-3 max-sm:hidden">
        {line.version === null ? "" : `v${line.version} `}
        {line.stream}
      </span>
      <span className={`whitespace-pre-wrap break-words ${looks[line.stream]}`}>
        {line.stream === "stdout" ? null : <span className="mr-1.5 font-medium sm:hidden">{line.stream}</span>}
        {line.line}
        {line.isCut ? <span className="text-ink-3"> … cut</span> : null}
      </span>
      {line.traceId ? (
        <Link
          to={paths.trace(at, line.traceId)}
          title={line.traceId}
          aria-label="The call that printed it"
          className="text-ink-3 underline-offset-4 hover:text-ink hover:underline max-sm:hidden"
        >
          {line.traceId.slice(-6)}
        </Link>
      ) : null}
    </li>
  );
}
