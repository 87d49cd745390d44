// What an agent prints: searched, followed live with its history first, and taken along as a file.
import { Form } from "@remix-run/react";
import { Download, Pause, Play, Search } from "lucide-react";
import { useState } from "react";
import { type AgentPlace, paths } from "~/app/paths";
import { Button, buttonClass } from "~/app/ui/button";
import { CompactSelect } from "~/app/ui/compact-select";
import { controlClass } from "~/app/ui/field-frame";
import { LinkButton } from "~/app/ui/link-button";
import { countOf } from "~/app/ui/measures";
import { Panel } from "~/app/ui/panel";
import { StateMark } from "~/app/ui/state-mark";
import type { LogPage } from "~/server/logs/logs.contract";
import { LogLines } from "./log-lines";
import { type LogSearch, useLogTail } from "./use-log-tail";

type Props = { page: LogPage; at: AgentPlace; asked: LogSearch; isOlder: boolean };

export function LogPanel({ page, at, asked, isOlder }: Props) {
  const [isHeld, setIsHeld] = useState(false);
  const { lines, isConnected } = useLogTail(page.items, { at, asked, isLive: !isHeld && !isOlder });
  const isNarrowed = Object.values(asked).some((value) => value !== "");
  return (
    <Panel
      title="Output"
      description={
        page.leftOut > 0
          ? `What was printed, and what is printed now. ${countOf(page.leftOut, "line")} came too fast, or were too many, to be kept.`
          : "What was printed, and what is printed now."
      }
      isFlush
      actions={
        <div className="flex items-center gap-1">
          {isOlder ? null : <LiveSwitch isHeld={isHeld} isConnected={isConnected} onHold={setIsHeld} />}
          <ExportLink at={at} asked={asked} />
        </div>
      }
    >
      <LogFilters at={at} asked={asked} isNarrowed={isNarrowed} />
      <LogLines
        lines={lines}
        at={at}
        emptyTitle={isNarrowed ? "No line holds this" : "Nothing printed yet"}
        emptyText={
          isNarrowed
            ? page.nextCursor
              ? "Not among the newest lines. Search further back, or wait: what is printed from now on appears here when it fits."
              : "All that is kept was searched. What is printed from now on appears here when it fits."
            : "What the agent writes with console.log, and what its host says about the process, appears here. Values of secrets are masked."
        }
      />
      {page.nextCursor || isOlder ? (
        <div className="flex justify-end gap-2 border-line border-t px-4 py-2.5 sm:px-5">
          {isOlder ? (
            <LinkButton to={paths.logs(at)} tone="quiet" size="small">
              Newest
            </LinkButton>
          ) : null}
          {page.nextCursor ? (
            <LinkButton to={`?${new URLSearchParams(present({ ...asked, lines: page.nextCursor }))}`} size="small">
              {isNarrowed ? "Search further back" : "Older lines"}
            </LinkButton>
          ) : null}
        </div>
      ) : null}
    </Panel>
  );
}

type SwitchProps = { isHeld: boolean; isConnected: boolean; onHold: (isHeld: boolean) => void };

function LiveSwitch({ isHeld, isConnected, onHold }: SwitchProps) {
  return (
    <div className="flex items-center gap-1">
      {isHeld ? (
        <StateMark tone="stopped">Held</StateMark>
      ) : (
        <StateMark tone={isConnected ? "live" : "waiting"}>{isConnected ? "Live" : "Connecting"}</StateMark>
      )}
      <Button type="button" tone="quiet" size="small" aria-pressed={isHeld} onClick={() => onHold(!isHeld)}>
        {isHeld ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
        {isHeld ? "Follow" : "Hold"}
      </Button>
    </div>
  );
}

function LogFilters({ at, asked, isNarrowed }: { at: AgentPlace; asked: LogSearch; isNarrowed: boolean }) {
  return (
    <Form key={JSON.stringify(asked)} className="flex flex-wrap items-center gap-2 border-line border-b px-4 py-2.5 sm:px-5">
      {asked.session ? <input type="hidden" name="session" value={asked.session} /> : null}
      <div className="relative min-w-40 flex-1 sm:max-w-80">
        <Search
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-ink-3"
        />
        <input
          type="search"
          name="search"
          defaultValue={asked.search}
          maxLength={200}
          placeholder="Find in the output"
          aria-label="Find in the output"
          className={`${controlClass} h-8 pl-8 text-xs sm:text-xs`}
        />
      </div>
      <CompactSelect label="Which output" name="stream" defaultValue={asked.stream}>
        <option value="">All output</option>
        <option value="stdout">stdout</option>
        <option value="stderr">stderr</option>
        <option value="host">host</option>
      </CompactSelect>
      <Button size="small">Find</Button>
      {isNarrowed ? (
        <LinkButton to={paths.logs(at)} tone="quiet" size="small">
          Clear
        </LinkButton>
      ) : null}
    </Form>
  );
}

function ExportLink({ at, asked }: Pick<Props, "at" | "asked">) {
  const { search, stream, trace: traceId, session: sessionId } = asked;
  const exported = present({ search, stream, traceId, sessionId, format: "ndjson" });
  return (
    <a href={paths.logsExport(at, exported)} download className={buttonClass({ tone: "quiet", size: "small" })}>
      <Download aria-hidden="true" />
      Export
    </a>
  );
}

function present(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}
