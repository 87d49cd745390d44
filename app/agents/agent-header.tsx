// The top of an agent's pages: name, state, version, address, and the next deployment.
import { LockKeyhole, Upload } from "lucide-react";
import { runtimeWords } from "~/app/deployments/deployment-words";
import { type AgentPlace, paths } from "~/app/paths";
import { CopyButton } from "~/app/ui/copy-button";
import { LinkButton } from "~/app/ui/link-button";
import { countOf } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { Notice } from "~/app/ui/notice";
import { ShortId } from "~/app/ui/short-id";
import { Tag } from "~/app/ui/tag";
import { IfMay } from "~/app/workspaces/if-may";
import type { AgentItem } from "~/server/agents/agents.contract";
import type { RuntimeState } from "~/server/runtimes/runtimes.contract";
import { AgentState } from "./agent-state";
import { runtimeTroubleOf } from "./runtime-trouble";

type Props = { agent: AgentItem; at: AgentPlace; origin: string; runtimes: RuntimeState[] };

export function AgentHeader({ agent, at, origin, runtimes }: Props) {
  const endpoint = `${origin}${paths.invokeDoor(agent.agentId)}`;
  return (
    <header className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="break-all font-semibold text-xl leading-8 tracking-tight sm:text-2xl">{agent.name}</h1>
            <AgentState agent={agent} runtimes={runtimes} />
          </div>
          {agent.description ? <p className="mt-0.5 max-w-2xl text-ink-2 text-sm leading-6">{agent.description}</p> : null}
        </div>
        <IfMay action="deployment.create">
          <LinkButton to={paths.deploymentNew(at)} prefetch="intent">
            <Upload aria-hidden="true" />
            New deployment
          </LinkButton>
        </IfMay>
      </div>
      <div className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1 text-[0.8125rem] text-ink-3">
        {agent.activeVersion === null ? null : (
          <span className="inline-flex items-center gap-2">
            <Tag isMono>v{agent.activeVersion}</Tag>
            {agent.runtime ? runtimeWords[agent.runtime] : null}
          </span>
        )}
        {agent.lastDeployedAt && agent.activeVersion !== null ? (
          <span>
            deployed <Moment at={agent.lastDeployedAt} />
          </span>
        ) : null}
        {agent.conversationDays === null ? null : (
          <span className="inline-flex items-center gap-1.5 text-working">
            <LockKeyhole aria-hidden="true" className="size-3.5" />
            Conversations are kept for {countOf(agent.conversationDays, "day")}
          </span>
        )}
        <ShortId id={agent.agentId} />
        <span className="inline-flex min-w-0 items-center gap-1">
          <code className="truncate font-mono text-xs">
            <span className="text-ink-2">POST</span> {endpoint}
          </code>
          <CopyButton text={endpoint} label="Copy the endpoint" />
        </span>
      </div>
      <TroubleNotice agent={agent} at={at} runtimes={runtimes} />
    </header>
  );
}

function TroubleNotice({ agent, at, runtimes }: Omit<Props, "origin">) {
  const trouble = runtimeTroubleOf(agent, runtimes);
  if (!trouble) return null;
  const ways = {
    move: { word: "Move it", to: paths.agentSettings(at) },
    plan: { word: "See plans", to: paths.billing(at.workspaceId) },
    wait: { word: "See runtimes", to: paths.runtimes(at.workspaceId) },
  };
  const { word, to } = ways[trouble.act];
  return (
    <Notice
      tone={trouble.tone === "failed" ? "problem" : "warning"}
      title={trouble.word}
      action={
        <LinkButton to={to} size="small">
          {word}
        </LinkButton>
      }
    >
      {trouble.meaning}
    </Notice>
  );
}
