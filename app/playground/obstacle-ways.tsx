// What can be done so that the agent answers again, for whoever may do it.
import { type AgentPlace, paths } from "~/app/paths";
import { LinkButton } from "~/app/ui/link-button";
import { Notice } from "~/app/ui/notice";
import { useMay } from "~/app/workspaces/use-may";
import type { Obstacle } from "./obstacle";

export function ObstacleWays({ obstacle, at }: { obstacle: Obstacle; at: AgentPlace }) {
  const may = useMay();
  const to = { settings: paths.agentSettings(at), plans: paths.billing(at.workspaceId), deploy: paths.deploymentNew(at) };
  const open = obstacle.ways.filter(({ needs }) => may(needs));
  if (open.length === 0) return <p className="text-ink-3 text-sm">Somebody with more rights here can mend it.</p>;
  return open.map(({ way, word }, place) => (
    <LinkButton
      key={way}
      to={to[way]}
      size="small"
      tone={place === 0 && obstacle.kind === "nothing_live" ? "primary" : "secondary"}
    >
      {word}
    </LinkButton>
  ));
}

/** Above the field that is closed, when what was said before is still to be read. */
export function ObstacleNotice({ obstacle, at }: { obstacle: Obstacle | null; at: AgentPlace }) {
  if (!obstacle) return null;
  return (
    <Notice tone="warning" title={obstacle.title} className="mx-3 mb-3" action={<ObstacleWays obstacle={obstacle} at={at} />}>
      {obstacle.meaning}
    </Notice>
  );
}
