// Playground: talk to the agent.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useRouteLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { useAgent } from "~/app/agents/use-agent";
import { isCallable } from "~/app/deployments/deployment-words";
import { formOf } from "~/app/form-of";
import { Playground } from "~/app/playground/playground";
import type { loader as rootLoader } from "~/app/root";
import { load, unlessForbidden } from "~/app/rpc";
import { closeSession } from "~/app/sessions/close-session";
import { NotYourRole } from "~/app/workspaces/not-your-role";
import { useMay } from "~/app/workspaces/use-may";

const versionsMax = 25;
const sessionsMax = 25;

/** The versions that could be tried, for whoever sees versions at all, and this person's sessions, for whoever may talk. */
export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { workspaceId, agentId } = placeOf(params);
  const { deployments, invocations, conversations } = context.api(workspaceId);
  const [page, sessions, keeping] = await load({ request, context }, () =>
    Promise.all([
      unlessForbidden(() => deployments.list({ agentId, limit: versionsMax })),
      unlessForbidden(() => invocations.ownSessions({ agentId, limit: sessionsMax })),
      conversations.keeping({ agentId }),
    ]),
  );
  const versions = page?.items.filter(isCallable) ?? [];
  const wanted = new URL(request.url).searchParams.get("version");
  const chosen = versions.find((version) => version.deploymentId === wanted) ?? null;
  return { versions, chosen, sessions: sessions?.items ?? [], keepDays: keeping.keepDays };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const at = placeOf(params);
  return closeSession({ request, context }, { api: context.api(at.workspaceId), at, sessionId: form.text("sessionId") });
}

export default function PlaygroundPage() {
  const { agent, at, runtimes } = useAgent();
  const { versions, chosen, sessions, keepDays } = useLoaderData<typeof loader>();
  const origin = useRouteLoaderData<typeof rootLoader>("root")?.origin ?? "";
  const may = useMay();
  if (!may("agent.invoke")) {
    return <NotYourRole title="You may look at this agent, not talk to it">Its metrics are yours to see.</NotYourRole>;
  }
  const mayChoose = may("deployment.create");
  const which = mayChoose ? { versions, chosen } : { versions: [], chosen: null };
  const facts = { agent, at, runtimes, origin, sessions, keepDays, ...which };
  return <Playground key={which.chosen?.deploymentId ?? at.agentId} {...facts} />;
}
