// A conversation that has not begun: something to say, or why nothing can be said.
import { Ban, MessagesSquare, Upload } from "lucide-react";
import type { AgentPlace } from "~/app/paths";
import { Button } from "~/app/ui/button";
import { EmptyState } from "~/app/ui/empty-state";
import { countOf } from "~/app/ui/measures";
import { shortened } from "~/app/ui/short-id";
import type { AgentItem } from "~/server/agents/agents.contract";
import type { DeploymentItem } from "~/server/deployments/deployments.contract";
import type { Obstacle } from "./obstacle";
import { ObstacleWays } from "./obstacle-ways";

const openers = ["Hello! What can you do?", "Count from one to ten, slowly.", "What did I say before?"];

type Props = {
  agent: AgentItem;
  chosen: DeploymentItem | null;
  at: AgentPlace;
  /** One that began elsewhere, or in another tab. */
  sessionId: string | null;
  /** How long the agent keeps what is said; null: it does not. */
  keepDays: number | null;
  /** Why nothing can be said; null when it can. */
  obstacle: Obstacle | null;
  onAsk: (text: string) => void;
};

export function Beginning({ agent, chosen, at, sessionId, keepDays, obstacle, onAsk }: Props) {
  if (obstacle) return <Obstructed obstacle={obstacle} at={at} />;
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

function Obstructed({ obstacle, at }: { obstacle: Obstacle; at: AgentPlace }) {
  return (
    <EmptyState
      icon={obstacle.kind === "nothing_live" ? Upload : Ban}
      title={obstacle.title}
      action={<ObstacleWays obstacle={obstacle} at={at} />}
    >
      {obstacle.meaning}
    </EmptyState>
  );
}
