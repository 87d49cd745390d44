// The agent of the page, as its layout loaded it.
import { useRouteLoaderData } from "@remix-run/react";
import type { AgentPlace } from "~/app/paths";
import type { loader } from "~/app/routes/w.$workspaceId.agents.$agentId";
import type { AgentItem } from "~/server/agents/agents.contract";
import type { RuntimeState } from "~/server/runtimes/runtimes.contract";

export function useAgent(): { agent: AgentItem; at: AgentPlace; runtimes: RuntimeState[] } {
  const facts = useRouteLoaderData<typeof loader>("routes/w.$workspaceId.agents.$agentId");
  if (!facts) throw new Error("useAgent was called outside of the pages of an agent.");
  return facts;
}
