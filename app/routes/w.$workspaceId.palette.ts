// What the command palette offers of this workspace.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { load } from "~/app/rpc";

const agentsMax = 50;

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const page = await load({ request, context }, () => context.api(params["workspaceId"]).agents.list({ limit: agentsMax }));
  return { agents: page.items.map(({ agentId, name }) => ({ agentId, name })) };
}
