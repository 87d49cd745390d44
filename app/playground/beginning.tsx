// A conversation that has not begun: something to say, or why nothing can be said.
import { MessagesSquare, Upload } from "lucide-react";
import { type AgentPlace, paths } from "~/app/paths";
import { Button } from "~/app/ui/button";
import { EmptyState } from "~/app/ui/empty-state";
import { LinkButton } from "~/app/ui/link-button";
import { countOf } from "~/app/ui/measures";
import { shortened } from "~/app/ui/short-id";
import type { AgentItem } from "~/server/agents/agents.contract";
import type { DeploymentItem } from "~/server/deployments/deployments.contract";

const openers = ["Hello! What can you do?", "Count from one to ten, slowly.", "What did I say before?"];

type Props = {
  agent: AgentItem;
  chosen: DeploymentItem | null;
  at: AgentPlace;
  /** One that began elsewhere, or in another tab. */
  sessionId: string | null;
  /** How long the agent keeps what is said; null: it does not. */
  keepDays: number | null;
  onAsk: (text: string) => void;
};

export function Beginning({ agent, chosen, at, sessionId, keepDays, onAsk }: Props) {
  if (agent.status === "disabled") return <Disabled at={at} />;
  if (agent.activeDeploymentId === null && chosen === null) return <NothingLive at={at} />;
  if (sessionId !== null) return <GoingOn sessionId={sessionId} />;
  return (
    <EmptyState
      icon={MessagesSquare}
      title={chosen ? `Talk to v${chosen.version} of ${agent.name}` : `Talk to ${agent.name}`}
      action={openers.map((text) => (
        <Button key={text} type="button" size="small" onClick={() => onAsk(text)}>
          {text}
        </Button>
      ))}
    >
      {chosen ? "It is not live: nobody else gets its answers. " : ""}
      Through the same gateway, limits and metering as any other caller.{" "}
      {keepDays === null
        ? "What is said stays in this tab."
        : `This agent keeps what is said, sealed, for ${countOf(keepDays, "day")}: people of this workspace can read it.`}
      <noscript>
        <p className="mt-2">The playground needs JavaScript; the curl line of the agent does not.</p>
      </noscript>
    </EmptyState>
  );
}

function GoingOn({ sessionId }: { sessionId: string }) {
  return (
    <EmptyState icon={MessagesSquare} title={`Go on with ${shortened(sessionId)}`}>
      The agent has what it keeps in this session; what was said before is not in this tab.
    </EmptyState>
  );
}

function Disabled({ at }: { at: AgentPlace }) {
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

function NothingLive({ at }: { at: AgentPlace }) {
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
