// Logs of an agent: what it prints, then its calls.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { CallsFold } from "~/app/logs/calls-fold";
import { LogPanel } from "~/app/logs/log-panel";
import { linesAsked, logSearchOf } from "~/app/logs/log-search";
import { pageTitle } from "~/app/page-title";
import { load, unlessForbidden } from "~/app/rpc";

export function meta() {
  return pageTitle("Logs");
}

const linesShown = 200;

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const query = new URL(request.url).searchParams;
  const asked = logSearchOf(query);
  const { trace, session } = asked;
  const [cursor, lines] = [query.get("cursor"), query.get("lines")?.slice(0, 40)];
  const { invocations, logs } = context.api(at.workspaceId);
  const narrowed = { ...(trace ? { traceId: trace } : {}), ...(session ? { sessionId: session } : {}) };
  const filter = { agentId: at.agentId, ...narrowed, ...(cursor ? { cursor } : {}) };
  return load({ request, context }, async () => {
    const calls = await invocations.list({ ...filter, limit: 25 });
    const wish = { agentId: at.agentId, limit: linesShown, ...linesAsked(asked), ...(lines ? { cursor: lines } : {}) };
    // What an agent prints may tell of its configuration; calls do not.
    const output = await unlessForbidden(() => logs.list(wish));
    return { at, asked, calls, output, older: lines || null, isCallsPage: Boolean(cursor) };
  });
}

export default function Logs() {
  const { at, asked, calls, output, older, isCallsPage } = useLoaderData<typeof loader>();
  return (
    <div className="grid grid-cols-1 gap-6">
      {output ? (
        <LogPanel key={JSON.stringify([at.agentId, asked, older])} page={output} at={at} asked={asked} isOlder={older !== null} />
      ) : null}
      <CallsFold calls={calls} at={at} asked={asked} isOpen={isCallsPage || output === null} />
    </div>
  );
}
