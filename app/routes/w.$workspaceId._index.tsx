// Overview: is it up, what does it do, what needs somebody.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { AgentsTable } from "~/app/agents/agents-table";
import { FirstAgent } from "~/app/agents/first-agent";
import { InvocationsTable } from "~/app/invocations/invocations-table";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load, unlessForbidden } from "~/app/rpc";
import { ColumnChart } from "~/app/ui/column-chart";
import { FigureStrip } from "~/app/ui/figure-strip";
import { LinkButton } from "~/app/ui/link-button";
import { PageHeader } from "~/app/ui/page-header";
import { Panel } from "~/app/ui/panel";
import { usageFigures } from "~/app/usage/usage-figures";
import { IfMay } from "~/app/workspaces/if-may";
import { ThingsToDo, thingsToDo } from "~/app/workspaces/things-to-do";

export function meta() {
  return pageTitle("Overview");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const workspaceId = params["workspaceId"] ?? "";
  const api = context.api(workspaceId);
  const [series, agents, usage, calls, examples, keys, stale, budgets, runtimes] = await load({ request, context }, () =>
    Promise.all([
      api.usage.series({ hours: 24 }),
      api.agents.list({ limit: 10 }),
      api.usage.agents(),
      api.invocations.list({ limit: 6 }),
      api.uploads.examples(),
      unlessForbidden(() => api.apiKeys.list({ limit: 100 })),
      unlessForbidden(() => api.secrets.stale({})),
      api.budgets.read(),
      api.runtimes.list(),
    ]),
  );
  const lists = { agents: agents.items, calls: calls.items, keys: keys?.items ?? [], runtimes: runtimes.runtimes };
  return { workspaceId, series, usage, examples, stale, budgets, ...lists };
}

export default function Overview() {
  const { examples, calls, ...facts } = useLoaderData<typeof loader>();
  const { workspaceId, series, agents, usage, runtimes } = facts;
  if (agents.length === 0) return <FirstAgent workspaceId={workspaceId} examples={examples} />;
  const columns = series.hours.map((hour) => ({ at: hour.hour, value: hour.requests, bad: hour.errors }));
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Overview"
        description="The last 24 hours of this workspace."
        actions={
          <IfMay action="agent.configure">
            <LinkButton to={paths.agentNew(workspaceId)} tone="primary">
              New agent
            </LinkButton>
          </IfMay>
        }
      />
      <FigureStrip figures={usageFigures(series)} label="Last 24 hours" />
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1.7fr)_minmax(0,1fr)] lg:items-start">
        <Panel title="Requests per hour" actions={<MoreLink to={paths.usage(workspaceId)} />}>
          <ColumnChart columns={columns} noun="requests" badNoun="errors" />
        </Panel>
        <ThingsToDo things={thingsToDo(facts)} />
      </div>
      <Panel title="Agents" isFlush actions={<MoreLink to={paths.agents(workspaceId)} />}>
        <AgentsTable agents={agents} usage={usage} runtimes={runtimes} workspaceId={workspaceId} />
      </Panel>
      <Panel title="Latest calls" isFlush>
        <InvocationsTable items={calls} workspaceId={workspaceId} showsAgent />
      </Panel>
    </div>
  );
}

function MoreLink({ to }: { to: string }) {
  return (
    <Link to={to} className="rounded text-[0.8125rem] text-ink-3 underline-offset-4 hover:text-ink hover:underline">
      See all
    </Link>
  );
}
