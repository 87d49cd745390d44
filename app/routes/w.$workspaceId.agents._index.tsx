// Every agent of the workspace.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { Form, useLoaderData } from "@remix-run/react";
import { Search, SearchX } from "lucide-react";
import { AgentsTable } from "~/app/agents/agents-table";
import { FirstAgent } from "~/app/agents/first-agent";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { EmptyState } from "~/app/ui/empty-state";
import { controlClass } from "~/app/ui/field-frame";
import { LinkButton } from "~/app/ui/link-button";
import { PageHeader } from "~/app/ui/page-header";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";
import { IfMay } from "~/app/workspaces/if-may";

export function meta() {
  return pageTitle("Agents");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const workspaceId = params["workspaceId"] ?? "";
  const api = context.api(workspaceId);
  const query = new URL(request.url).searchParams;
  const search = query.get("search") ?? "";
  const cursor = query.get("cursor");
  const [page, usage, examples, { runtimes }] = await load({ request, context }, () =>
    Promise.all([
      api.agents.list({ limit: 25, ...(search ? { search: search.slice(0, 63) } : {}), ...(cursor ? { cursor } : {}) }),
      api.usage.agents(),
      api.uploads.examples(),
      api.runtimes.list(),
    ]),
  );
  return { workspaceId, search, page, usage, runtimes, examples, isFiltered: Boolean(search || cursor) };
}

export default function Agents() {
  const { workspaceId, search, page, usage, runtimes, examples, isFiltered } = useLoaderData<typeof loader>();
  if (page.items.length === 0 && !isFiltered) return <FirstAgent workspaceId={workspaceId} examples={examples} />;
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Agents"
        actions={
          <IfMay action="agent.configure">
            <LinkButton to={paths.agentNew(workspaceId)} tone="primary">
              New agent
            </LinkButton>
          </IfMay>
        }
      />
      <Form className="relative max-w-sm">
        <Search aria-hidden="true" className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-ink-3" />
        <input
          type="search"
          name="search"
          defaultValue={search}
          maxLength={63}
          placeholder="Find by name"
          aria-label="Find agents by name"
          className={`${controlClass} h-10 pl-9 sm:h-9`}
        />
      </Form>
      <Panel isFlush>
        {page.items.length === 0 ? (
          <EmptyState
            icon={SearchX}
            title={`No agent is called “${search}”`}
            action={<LinkButton to={paths.agents(workspaceId)}>Show all</LinkButton>}
          >
            Names are lower-case letters, digits and dashes; a part of the name is enough.
          </EmptyState>
        ) : (
          <AgentsTable agents={page.items} usage={usage} runtimes={runtimes} workspaceId={workspaceId} />
        )}
        <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="agents" />
      </Panel>
    </div>
  );
}
