// The agents of a workspace, each with its state and its last 24 hours.
import { Link } from "@remix-run/react";
import { runtimeWords } from "~/app/deployments/deployment-words";
import { paths } from "~/app/paths";
import { Cell, DataTable, HeadCell, NarrowLine } from "~/app/ui/data-table";
import { countWords, shareWords, spanWords } from "~/app/ui/measures";
import { Moment } from "~/app/ui/moment";
import { SparkLine } from "~/app/ui/spark-line";
import { Tag } from "~/app/ui/tag";
import type { AgentItem } from "~/server/agents/agents.contract";
import type { RuntimeState } from "~/server/runtimes/runtimes.contract";
import type { AgentUsage } from "~/server/telemetry/usage.contract";
import { AgentState } from "./agent-state";

type Props = { agents: AgentItem[]; usage: AgentUsage[]; runtimes: RuntimeState[]; workspaceId: string };

export function AgentsTable({ agents, usage, runtimes, workspaceId }: Props) {
  return (
    <DataTable
      caption="Agents"
      head={
        <>
          <HeadCell>Name</HeadCell>
          <HeadCell isWideOnly>State</HeadCell>
          <HeadCell isWideOnly>Version</HeadCell>
          <HeadCell isWideOnly>Last 24 h</HeadCell>
          <HeadCell isNumber>Requests</HeadCell>
          <HeadCell isNumber isWideOnly>
            Errors
          </HeadCell>
          <HeadCell isNumber isWideOnly>
            p95
          </HeadCell>
          <HeadCell isNumber isWideOnly>
            Deployed
          </HeadCell>
        </>
      }
    >
      {agents.map((agent) => (
        <AgentRow
          key={agent.agentId}
          agent={agent}
          usage={usage.find((entry) => entry.agentId === agent.agentId)}
          runtimes={runtimes}
          workspaceId={workspaceId}
        />
      ))}
    </DataTable>
  );
}

type RowProps = { agent: AgentItem; usage: AgentUsage | undefined; runtimes: RuntimeState[]; workspaceId: string };

function AgentRow({ agent, usage, runtimes, workspaceId }: RowProps) {
  return (
    <tr className="relative hover:bg-hover/50">
      <Cell className="max-w-64 py-2 md:py-0">
        <Link
          to={paths.agent({ workspaceId, agentId: agent.agentId })}
          prefetch="intent"
          className="block truncate font-medium text-ink after:absolute after:inset-0"
        >
          {agent.name}
        </Link>
        {agent.description ? <p className="hidden truncate text-ink-3 text-xs md:block">{agent.description}</p> : null}
        <NarrowLine>
          <AgentState agent={agent} runtimes={runtimes} />
          {agent.lastDeployedAt ? <Moment at={agent.lastDeployedAt} /> : null}
        </NarrowLine>
      </Cell>
      <Cell isWideOnly>
        <AgentState agent={agent} runtimes={runtimes} />
      </Cell>
      <Cell isWideOnly>
        {agent.activeVersion === null ? (
          "–"
        ) : (
          <span className="inline-flex items-center gap-2">
            <Tag isMono>v{agent.activeVersion}</Tag>
            <span className="text-ink-3 text-xs">{agent.runtime ? runtimeWords[agent.runtime] : ""}</span>
          </span>
        )}
      </Cell>
      <Cell isWideOnly>
        {usage ? <SparkLine values={usage.hourly} label={`${countWords(usage.requests)} requests in 24 hours`} /> : "–"}
      </Cell>
      <Cell isNumber>{countWords(usage?.requests ?? 0)}</Cell>
      <Cell isNumber isWideOnly className={usage && usage.errors > 0 ? "text-failed" : undefined}>
        {usage && usage.requests > 0 ? shareWords(usage.errors, usage.requests) : "–"}
      </Cell>
      <Cell isNumber isWideOnly>
        {usage?.p95Ms == null ? "–" : spanWords(usage.p95Ms)}
      </Cell>
      <Cell isNumber isWideOnly>
        {agent.lastDeployedAt ? <Moment at={agent.lastDeployedAt} /> : "–"}
      </Cell>
    </tr>
  );
}
