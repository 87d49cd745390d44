// Talk to the live version of an agent, or to one that waits: the conversation on the left, the call as it goes over the wire on the right.
import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import type { AgentPlace } from "~/app/paths";
import { Panel } from "~/app/ui/panel";
import { ScrollArea } from "~/app/ui/scroll-area";
import type { AgentItem } from "~/server/agents/agents.contract";
import type { DeploymentItem } from "~/server/deployments/deployments.contract";
import type { AgentSessionItem } from "~/server/invocations/invocations.contract";
import type { RuntimeState } from "~/server/runtimes/runtimes.contract";
import { Beginning } from "./beginning";
import { Composer } from "./composer";
import { type Conversation, requestOf } from "./conversation";
import { obstacleOf } from "./obstacle";
import { ObstacleNotice } from "./obstacle-ways";
import { SessionChoice } from "./session-choice";
import { TurnView } from "./turn-view";
import { useConversation } from "./use-conversation";
import { VersionChoice } from "./version-choice";
import { WirePane } from "./wire-pane";

type Props = {
  agent: AgentItem;
  at: AgentPlace;
  runtimes: readonly RuntimeState[];
  origin: string;
  /** What may be talked to beside the live version, newest first. */
  versions: readonly DeploymentItem[];
  /** The one that answers when it is not the live one. */
  chosen: DeploymentItem | null;
  /** This person's own with the agent, last used first. */
  sessions: readonly AgentSessionItem[];
  /** How long the agent keeps what is said; null: it does not. */
  keepDays: number | null;
};

export function Playground({ agent, at, runtimes, origin, versions, chosen, sessions, keepDays }: Props) {
  const deploymentId = chosen?.deploymentId ?? null;
  const { conversation, isBusy, isWhole, setIsWhole, ask, stop, join, forget } = useConversation(at, deploymentId);
  useFreshSessions(sessions, conversation.sessionId, isBusy);
  const [draft, setDraft] = useState("");
  const obstacle = obstacleOf({ agent, chosen, runtimes });
  const upcoming = requestOf(conversation, draft || "Hello!", isWhole);
  const body = draft === "" && conversation.lastRequest ? conversation.lastRequest : upcoming;
  return (
    <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)] lg:items-start">
      <section
        aria-label="Conversation"
        className="flex h-[min(44rem,calc(100dvh-15rem))] min-h-96 flex-col rounded-lg border border-line bg-surface"
      >
        <div className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-line border-b px-3 py-1.5 sm:px-4">
          <VersionChoice agent={agent} versions={versions} chosen={chosen} />
          <SessionChoice
            sessions={sessions}
            sessionId={conversation.sessionId}
            hasTurns={conversation.turns.length > 0}
            onJoin={join}
            onClosed={forget}
          />
        </div>
        <Scroller follows={conversation.turns}>
          {conversation.turns.length === 0 ? (
            <Beginning {...{ agent, chosen, at, keepDays, obstacle }} sessionId={conversation.sessionId} onAsk={ask} />
          ) : (
            <Turns turns={conversation.turns} at={at} />
          )}
        </Scroller>
        {conversation.turns.length > 0 ? <ObstacleNotice obstacle={obstacle} at={at} /> : null}
        <Composer isBusy={isBusy} refusal={obstacle?.title ?? null} draft={draft} onDraft={setDraft} onAsk={ask} onStop={stop} />
      </section>
      <Panel title="Over the wire">
        <WirePane
          call={{ origin, agentId: at.agentId, deploymentId, body }}
          events={conversation.events}
          workspaceId={at.workspaceId}
          isWhole={isWhole}
          onWhole={setIsWhole}
        />
      </Panel>
    </div>
  );
}

function Turns({ turns, at }: { turns: Conversation["turns"]; at: AgentPlace }) {
  return (
    <div role="log" aria-label="Messages">
      <ol className="grid grid-cols-1 gap-8 p-4 sm:p-5">
        {turns.map((turn, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: turns only ever come after the others.
          <TurnView key={place} turn={turn} at={at} />
        ))}
      </ol>
    </div>
  );
}

/** Stays at the newest words unless somebody scrolled up to read. */
function Scroller({ follows, children }: { follows: unknown; children: React.ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of what is followed moves the end.
  useEffect(() => {
    if (isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follows]);
  return (
    <ScrollArea
      boxRef={box}
      label="Conversation so far"
      className="min-h-0 flex-1"
      onScroll={({ currentTarget: at }) => {
        isAtEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < 40;
      }}
    >
      {children}
    </ScrollArea>
  );
}

/** A session that began here is among those to choose from once its first answer is there. */
function useFreshSessions(sessions: readonly AgentSessionItem[], sessionId: string | null, isBusy: boolean): void {
  const { revalidate } = useRevalidator();
  const isMissing = sessionId !== null && !isBusy && !sessions.some((session) => session.sessionId === sessionId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each session that is missing.
  useEffect(() => {
    if (isMissing) revalidate();
  }, [isMissing, sessionId]);
}
