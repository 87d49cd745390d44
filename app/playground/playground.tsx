// Talk to the live version of an agent: the conversation on the left, the call as it goes over the wire on the right.
import { MessageSquarePlus, MessagesSquare, Upload } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { type AgentPlace, paths } from "~/app/paths";
import { Button } from "~/app/ui/button";
import { EmptyState } from "~/app/ui/empty-state";
import { LinkButton } from "~/app/ui/link-button";
import { Panel } from "~/app/ui/panel";
import { ScrollArea } from "~/app/ui/scroll-area";
import { ShortId } from "~/app/ui/short-id";
import type { AgentItem } from "~/server/agents/agents.contract";
import { Composer } from "./composer";
import { requestOf } from "./conversation";
import { TurnView } from "./turn-view";
import { useConversation } from "./use-conversation";
import { WirePane } from "./wire-pane";

type Props = { agent: AgentItem; at: AgentPlace; origin: string };

export function Playground({ agent, at, origin }: Props) {
  const { conversation, isBusy, isWhole, setIsWhole, ask, stop, forget } = useConversation(at);
  const [draft, setDraft] = useState("");
  const isAllowed = agent.activeDeploymentId !== null && agent.status !== "disabled";
  const upcoming = requestOf(conversation, draft || "Hello!", isWhole);
  const body = draft === "" && conversation.lastRequest ? conversation.lastRequest : upcoming;
  return (
    <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)] lg:items-start">
      <section
        aria-label="Conversation"
        className="flex h-[min(44rem,calc(100dvh-15rem))] min-h-96 flex-col rounded-lg border border-line bg-surface"
      >
        <div className="flex h-12 shrink-0 items-center justify-between gap-3 border-line border-b px-4">
          <p className="text-ink-3 text-xs">
            {conversation.sessionId ? (
              <>
                Session <ShortId id={conversation.sessionId} />
              </>
            ) : (
              "A new session begins with the first message"
            )}
          </p>
          {conversation.turns.length > 0 ? (
            <Button type="button" tone="quiet" size="small" onClick={forget}>
              <MessageSquarePlus aria-hidden="true" />
              New conversation
            </Button>
          ) : null}
        </div>
        <Scroller follows={conversation.turns}>
          {conversation.turns.length === 0 ? (
            <Beginning agent={agent} at={at} isAllowed={isAllowed} onAsk={ask} />
          ) : (
            <ol role="log" aria-label="Messages" className="grid grid-cols-1 gap-8 p-4 sm:p-5">
              {conversation.turns.map((turn, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: turns only ever come after the others.
                <TurnView key={place} turn={turn} at={at} />
              ))}
            </ol>
          )}
        </Scroller>
        <Composer isBusy={isBusy} isAllowed={isAllowed} draft={draft} onDraft={setDraft} onAsk={ask} onStop={stop} />
      </section>
      <Panel title="Over the wire">
        <WirePane
          call={{ origin, agentId: at.agentId, body }}
          events={conversation.events}
          workspaceId={at.workspaceId}
          isWhole={isWhole}
          onWhole={setIsWhole}
        />
      </Panel>
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

const openers = ["Hello! What can you do?", "Count from one to ten, slowly.", "What did I say before?"];

function Beginning({
  agent,
  at,
  isAllowed,
  onAsk,
}: {
  agent: AgentItem;
  at: AgentPlace;
  isAllowed: boolean;
  onAsk: (text: string) => void;
}) {
  if (agent.status === "disabled") {
    return (
      <EmptyState
        icon={MessagesSquare}
        title="This agent is disabled"
        action={<LinkButton to={paths.agentSettings(at)}>Open its settings</LinkButton>}
      >
        It answers nobody until it is enabled again.
      </EmptyState>
    );
  }
  if (!isAllowed) {
    return (
      <EmptyState
        icon={Upload}
        title="Nothing is live yet"
        action={
          <LinkButton to={paths.deploymentNew(at)} tone="primary">
            Deploy a bundle
          </LinkButton>
        }
      >
        Deploy a first version; the moment its probe has passed you can talk to it here.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={MessagesSquare}
      title={`Talk to ${agent.name}`}
      action={openers.map((text) => (
        <Button key={text} type="button" size="small" onClick={() => onAsk(text)}>
          {text}
        </Button>
      ))}
    >
      Through the same gateway, limits and metering as any other caller. What is said stays in this tab.
      <noscript>
        <p className="mt-2">The playground needs JavaScript; the curl line of the agent does not.</p>
      </noscript>
    </EmptyState>
  );
}
