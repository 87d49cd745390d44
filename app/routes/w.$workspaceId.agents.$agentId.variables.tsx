// Variables of an agent: what is no secret, beside the secrets.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { useAgent } from "~/app/agents/use-agent";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { pageTitle } from "~/app/page-title";
import { load, submit } from "~/app/rpc";
import { Outcome } from "~/app/ui/outcome";
import { Panel } from "~/app/ui/panel";
import { SetVariableForm } from "~/app/variables/set-variable-form";
import { VariablesTable } from "~/app/variables/variables-table";
import { IfMay } from "~/app/workspaces/if-may";

export function meta() {
  return pageTitle("Variables");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { workspaceId, agentId } = placeOf(params);
  const asked = new URL(request.url).searchParams.get("variable");
  return load({ request, context }, async () => {
    const { items: variables } = await context.api(workspaceId).variables.list({ agentId });
    return { variables, chosen: variables.find((variable) => variable.name === asked) ?? null };
  });
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const { workspaceId, agentId } = placeOf(params);
  const { variables } = context.api(workspaceId);
  const [intent, name, value] = [form.text("intent"), form.text("name"), form.text("value")];
  const sets = intent === "set";
  const problem = await submit({ request, context }, () =>
    sets ? variables.set({ agentId, name, value }) : variables.unset({ agentId, name }),
  );
  return { problem, intent, name, value, done: problem ? null : sets ? "set" : "unset" };
}

export default function Variables() {
  const { variables, chosen } = useLoaderData<typeof loader>();
  const { at } = useAgent();
  const answer = useActionData<typeof action>();
  const refused = answer?.intent === "set" && answer.problem ? answer : null;
  const known = refused ?? (answer?.done ? null : chosen);
  return (
    <div className="grid grid-cols-1 gap-6">
      {answer?.problem && !refused ? <FormSummary problem={answer.problem} /> : null}
      <Outcome of={answer}>
        {answer?.done ? (
          <>
            <code className="font-mono">{answer.name}</code> is {answer.done}. Versions that start from now on read it so.
          </>
        ) : null}
      </Outcome>
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1.7fr)_minmax(0,1fr)] lg:items-start">
        <Panel title="Variables" isFlush>
          <VariablesTable variables={variables} at={at} />
        </Panel>
        <IfMay action="agent.configure">
          <Panel
            title={known?.name ? "Change a variable" : "Set a variable"}
            description="The agent is given those that its bundle names in env.requiredKeys or env.optionalKeys."
          >
            <SetVariableForm
              key={`${known?.name ?? ""} ${answer?.name ?? ""} ${answer?.done ?? ""}`}
              problem={refused?.problem}
              name={known?.name}
              value={known?.value}
            />
          </Panel>
        </IfMay>
      </div>
    </div>
  );
}
