// Playground: talk to the agent.
import { useRouteLoaderData } from "@remix-run/react";
import { useAgent } from "~/app/agents/use-agent";
import { Playground } from "~/app/playground/playground";
import type { loader } from "~/app/root";

export default function PlaygroundPage() {
  const { agent, at } = useAgent();
  const origin = useRouteLoaderData<typeof loader>("root")?.origin ?? "";
  return <Playground key={at.agentId} agent={agent} at={at} origin={origin} />;
}
