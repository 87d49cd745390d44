// Sessions of an agent: whose they are, and an end to one's own.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";
import { closeSession } from "~/app/sessions/close-session";
import { SessionsTable } from "~/app/sessions/sessions-table";
import { Outcome } from "~/app/ui/outcome";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Sessions");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const cursor = new URL(request.url).searchParams.get("cursor");
  const page = await load({ request, context }, () =>
    context.api(at.workspaceId).invocations.sessions({ agentId: at.agentId, limit: 25, ...(cursor ? { cursor } : {}) }),
  );
  return { at, page };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const at = placeOf(params);
  return closeSession({ request, context }, { api: context.api(at.workspaceId), at, sessionId: form.text("sessionId") });
}

export default function Sessions() {
  const { at, page } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <div className="grid grid-cols-1 gap-4">
      <FormSummary problem={answer?.problem} />
      <Outcome of={answer}>{answer?.closed ? "Closed. Nobody can go on with it; its calls stay on record." : null}</Outcome>
      <Panel
        title="Sessions"
        description="A session belongs to whoever began it and stays with its version, unless the bundle lets it move along."
        isFlush
      >
        <SessionsTable items={page.items} at={at} />
        <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="sessions" />
      </Panel>
    </div>
  );
}
