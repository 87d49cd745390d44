// Playground: talk to the agent.
import { useRouteLoaderData } from "@remix-run/react";
import { useAgent } from "~/app/agents/use-agent";
import { Playground } from "~/app/playground/playground";
import type { loader } from "~/app/root";
import { NotYourRole } from "~/app/workspaces/not-your-role";
import { useMay } from "~/app/workspaces/use-may";

export default function PlaygroundPage() {
  const { agent, at } = useAgent();
  const origin = useRouteLoaderData<typeof loader>("root")?.origin ?? "";
  if (!useMay()("agent.invoke")) {
    return <NotYourRole title="You may look at this agent, not talk to it">Its metrics are yours to see.</NotYourRole>;
  }
  return <Playground key={at.agentId} agent={agent} at={at} origin={origin} />;
}
