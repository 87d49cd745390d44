// One question and its answer, with what it took.
import { Link } from "@remix-run/react";
import { type AgentPlace, paths } from "~/app/paths";
import { classNames } from "~/app/ui/class-names";
import { CopyButton } from "~/app/ui/copy-button";
import { countWords, spanWords } from "~/app/ui/measures";
import { Notice } from "~/app/ui/notice";
import { shortened } from "~/app/ui/short-id";
import { StateMark } from "~/app/ui/state-mark";
import type { Turn } from "./conversation";

export function TurnView({ turn, at }: { turn: Turn; at: AgentPlace }) {
  const isOpen = turn.state === "waiting" || turn.state === "answering" || turn.state === "reconnecting";
  return (
    <li className="grid grid-cols-1 gap-3" data-state={turn.state}>
      <p className="ml-auto max-w-[85%] whitespace-pre-wrap break-words rounded-xl rounded-br-sm bg-sunken px-4 py-2.5 text-[0.9375rem] leading-6 ring-1 ring-line">
        <span className="sr-only">You: </span>
        {turn.question}
      </p>
      <div className="min-w-0 max-w-[95%]">
        <span className="sr-only">Agent: </span>
        {turn.answer || isOpen ? (
          <p aria-busy={isOpen} className="whitespace-pre-wrap break-words text-[0.9375rem] leading-7">
            {turn.answer}
            {isOpen ? <Caret isWaiting={turn.state === "waiting"} /> : null}
          </p>
        ) : null}
        {turn.state === "reconnecting" ? <StateMark tone="working">Connection lost, going on where it was</StateMark> : null}
        {turn.state === "done" && !turn.answer ? <p className="text-ink-3 text-sm italic">An empty answer.</p> : null}
        {turn.problem ? (
          <Notice tone="problem" title={turn.problem.message} className="mt-2">
            <code className="font-mono text-ink-2 text-xs">{turn.problem.code}</code>
          </Notice>
        ) : null}
        {isOpen ? null : <Cost turn={turn} at={at} />}
      </div>
    </li>
  );
}

function Caret({ isWaiting }: { isWaiting: boolean }) {
  return (
    <>
      <span
        aria-hidden="true"
        className={classNames(
          "ml-0.5 inline-block h-4 w-2 translate-y-0.5 bg-accent",
          isWaiting ? "animate-pulse-dot" : "animate-caret",
        )}
      />
      {isWaiting ? <span className="sr-only">Waiting for the answer</span> : null}
    </>
  );
}

function Cost({ turn, at }: { turn: Turn; at: AgentPlace }) {
  const traceId = turn.traceId ?? turn.problem?.traceId ?? null;
  const parts = [
    turn.usage ? `${countWords(turn.usage.tokens)} tokens` : null,
    turn.usage && turn.usage.toolCalls > 0 ? `${countWords(turn.usage.toolCalls)} tool calls` : null,
    turn.firstWordMs === null ? null : `first word ${spanWords(turn.firstWordMs)}`,
    turn.totalMs === null ? null : `total ${spanWords(turn.totalMs)}`,
    turn.usage ? `in the runtime ${spanWords(turn.usage.computeMs)}` : null,
  ].filter(Boolean);
  return (
    <div className="tabular mt-1.5 flex flex-wrap items-center gap-x-1.5 text-ink-3 text-xs">
      {turn.state === "stopped" ? <StateMark tone="stopped">Stopped</StateMark> : null}
      <span>{parts.join(" · ")}</span>
      {traceId ? (
        <span className="inline-flex items-center">
          <Link to={paths.trace(at, traceId)} title={traceId} className="rounded px-1 font-mono hover:text-ink hover:underline">
            {shortened(traceId)}
          </Link>
          <CopyButton text={traceId} label="Copy the trace id" />
        </span>
      ) : null}
      {turn.answer ? (
        <CopyButton text={turn.answer} label="Copy the answer">
          answer
        </CopyButton>
      ) : null}
    </div>
  );
}
