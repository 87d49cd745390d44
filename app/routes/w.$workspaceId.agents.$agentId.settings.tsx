// Settings of an agent: describe, clone, switch off, delete.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { AgentLimits } from "~/app/agents/agent-limits";
import { AgentRuntime } from "~/app/agents/agent-runtime";
import { CloneAgent, DeleteAgent, DescribeAgent, SwitchAgent } from "~/app/agents/agent-settings";
import { changeAgent } from "~/app/agents/change-agent";
import { placeOf } from "~/app/agents/place-of";
import { useAgent } from "~/app/agents/use-agent";
import { KeepingPanel } from "~/app/conversations/keeping-panel";
import { formOf } from "~/app/form-of";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";
import { Outcome } from "~/app/ui/outcome";
import { NotYourRole } from "~/app/workspaces/not-your-role";
import { useMay } from "~/app/workspaces/use-may";

export function meta() {
  return pageTitle("Settings");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { workspaceId, agentId } = placeOf(params);
  const api = context.api(workspaceId);
  return load({ request, context }, async () => {
    const keeping = await api.conversations.keeping({ agentId });
    return { ...(await api.runtimes.list()), keeping };
  });
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const place = { request, context };
  const form = await formOf(place);
  const at = placeOf(params);
  const api = context.api(at.workspaceId);
  const agent = await load(place, () => api.agents.get({ agentId: at.agentId }));
  return changeAgent(place, { api, at, form, agentName: agent.name });
}

const doneWords: Record<string, string> = {
  update: "Saved.",
  prefer: "Saved. The next version goes there when its bundle claims it.",
  limit: "Saved. It holds from the next call on.",
  disable: "Disabled. New calls are refused.",
  enable: "Enabled. New calls are answered.",
  keep: "From now on what is said to this agent is kept, sealed.",
  stopKeeping: "Nothing more is kept.",
  deleteKept: "Deleted.",
};

export default function AgentSettings() {
  const { agent, at } = useAgent();
  const { runtimes, keeping } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const may = useMay();
  if (!may("agent.configure")) {
    return <NotYourRole title="Others change this agent">Whoever may change agents finds its settings here.</NotYourRole>;
  }
  const problemOf = (...intents: string[]) => (answer && intents.includes(answer.intent) ? answer.problem : null);
  return (
    <div className="grid grid-cols-1 gap-6">
      <Outcome of={answer}>{answer && !answer.problem ? doneWords[answer.intent] : null}</Outcome>
      <DescribeAgent agent={agent} problem={problemOf("update")} />
      <AgentRuntime
        agent={agent}
        at={at}
        runtimes={runtimes}
        mayDeploy={may("deployment.create")}
        problem={problemOf("prefer")}
      />
      {may("agent.limit") ? <AgentLimits agent={agent} problem={problemOf("limit")} /> : null}
      {may("conversation.keep") ? (
        <KeepingPanel keeping={keeping} problem={problemOf("keep", "stopKeeping", "deleteKept")} />
      ) : null}
      <CloneAgent agent={agent} problem={problemOf("clone")} />
      <SwitchAgent agent={agent} problem={problemOf("disable", "enable")} />
      {may("agent.delete") ? <DeleteAgent agent={agent} problem={problemOf("delete")} /> : null}
    </div>
  );
}
