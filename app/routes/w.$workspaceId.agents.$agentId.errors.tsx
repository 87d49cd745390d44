// Errors of an agent: its failed calls, by class and time.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { ErrorFilters } from "~/app/invocations/error-filters";
import { errorSearchOf } from "~/app/invocations/error-words";
import { ErrorsTable } from "~/app/invocations/errors-table";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Errors");
}

const hourMs = 3_600_000;

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const query = new URL(request.url).searchParams;
  const search = errorSearchOf(query);
  const { errorClass, lookBack } = search;
  const cursor = query.get("cursor");
  const page = await load({ request, context }, () =>
    context.api(at.workspaceId).invocations.list({
      agentId: at.agentId,
      outcome: "error",
      limit: 25,
      ...(errorClass ? { errorClass } : {}),
      ...(lookBack.hours ? { from: new Date(Date.now() - lookBack.hours * hourMs) } : {}),
      ...(cursor ? { cursor } : {}),
    }),
  );
  return { at, search, page };
}

export default function Errors() {
  const { at, search, page } = useLoaderData<typeof loader>();
  const isNarrowed = search.errorClass !== null || search.lookBack.hours !== null;
  return (
    <div className="grid grid-cols-1 gap-4">
      <ErrorFilters at={at} search={search} />
      <Panel isFlush>
        <ErrorsTable items={page.items} at={at} isNarrowed={isNarrowed} />
        <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="errors" />
      </Panel>
    </div>
  );
}
