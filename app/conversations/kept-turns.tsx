// What was said in a session, as far as it was kept.
import { Link } from "@remix-run/react";
import { LockKeyhole } from "lucide-react";
import { type AgentPlace, paths } from "~/app/paths";
import { EmptyState } from "~/app/ui/empty-state";
import { exactWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { Notice } from "~/app/ui/notice";
import { shortened } from "~/app/ui/short-id";
import { StateMark } from "~/app/ui/state-mark";
import type { ConversationTurn } from "~/server/conversations/conversations.contract";

const roles = { system: "System", user: "Caller", assistant: "Agent", tool: "Tool" } as const;

export function KeptTurns({ turns, at }: { turns: ConversationTurn[]; at: AgentPlace }) {
  if (turns.length === 0) {
    return (
      <EmptyState icon={LockKeyhole} title="Nothing is kept any more">
        The time of what was kept is over, or somebody deleted it.
      </EmptyState>
    );
  }
  return (
    <ol className="divide-y divide-line">
      {turns.map((turn, place) => (
        <li key={turn.turnId} className="grid grid-cols-1 gap-3 px-4 py-5 sm:px-5">
          <TurnFacts turn={turn} at={at} />
          {turn.isUnreadable ? (
            <Notice tone="problem" title="Its seal does not open">
              It was altered, or the key that sealed it is gone. Nothing of it is shown.
            </Notice>
          ) : (
            <dl className="grid grid-cols-1 gap-3 text-[0.9375rem] leading-7">
              {newOf(turn, turns[place - 1]).map((message, nth) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a turn do not change.
                <Said key={nth} who={roles[message.role]} text={message.content} />
              ))}
              <Said who="Agent" text={turn.answer} />
            </dl>
          )}
          {turn.isCut ? (
            <p className="text-ink-3 text-xs">Longer than what is kept of one answer: the rest was never kept.</p>
          ) : null}
        </li>
      ))}
    </ol>
  );
}

function TurnFacts({ turn, at }: { turn: ConversationTurn; at: AgentPlace }) {
  return (
    <p className="tabular flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-3 text-xs">
      <span>{exactWords(turn.startedAt)}</span>
      {turn.outcome === "ok" ? null : (
        <StateMark tone={turn.outcome === "error" ? "failed" : "stopped"}>{outcomes[turn.outcome]}</StateMark>
      )}
      <Link to={paths.trace(at, turn.traceId)} title={turn.traceId} className="font-mono hover:text-ink hover:underline">
        {shortened(turn.traceId)}
      </Link>
      <span>
        deleted <Moment at={turn.expiresAt} />
      </span>
    </p>
  );
}

const outcomes = { error: "Failed", aborted: "Stopped" } as const;

function Said({ who, text }: { who: string; text: string }) {
  return (
    <div className="grid grid-cols-1 gap-x-4 sm:grid-cols-[5rem_minmax(0,1fr)]">
      <dt className="text-ink-3 text-xs leading-7">{who}</dt>
      <dd className="whitespace-pre-wrap break-words text-ink">{text || <span className="text-ink-3 italic">nothing</span>}</dd>
    </div>
  );
}

/** A caller who sends the whole history repeats it: what the turn before showed already is left out. */
export function newOf(turn: ConversationTurn, before: ConversationTurn | undefined): ConversationTurn["messages"] {
  if (!before) return turn.messages;
  const known = [...before.messages, { role: "assistant" as const, content: before.answer }];
  const repeats = known.every((message, place) => {
    const again = turn.messages[place];
    return again?.role === message.role && again.content === message.content;
  });
  return repeats ? turn.messages.slice(known.length) : turn.messages;
}
