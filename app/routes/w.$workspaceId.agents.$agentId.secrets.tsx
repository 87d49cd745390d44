// Secrets of an agent: write-only; what runs with older ones, and the act that brings the new ones in.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { useAgent } from "~/app/agents/use-agent";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { pageTitle } from "~/app/page-title";
import { load, submit } from "~/app/rpc";
import { changeSecrets } from "~/app/secrets/change-secrets";
import { PasteEnv } from "~/app/secrets/paste-env-dialog";
import { SecretHistory } from "~/app/secrets/secret-history";
import { SecretsTable } from "~/app/secrets/secrets-table";
import { SetSecretForm } from "~/app/secrets/set-secret-form";
import { StaleNotice } from "~/app/secrets/stale-notice";
import { Outcome } from "~/app/ui/outcome";
import { Panel } from "~/app/ui/panel";
import { IfMay } from "~/app/workspaces/if-may";

export function meta() {
  return pageTitle("Secrets");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { workspaceId, agentId } = placeOf(params);
  const api = context.api(workspaceId).secrets;
  const asked = new URL(request.url).searchParams.get("secret");
  return load({ request, context }, async () => {
    const [{ items: secrets }, stale] = await Promise.all([api.list({ agentId }), api.stale({ agentId })]);
    const chosen = secrets.find((secret) => secret.name === asked) ?? null;
    const versions = chosen ? (await api.versions({ agentId, name: chosen.name })).items : [];
    return { secrets, stale, chosen, versions };
  });
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const { workspaceId, agentId } = placeOf(params);
  let done = "";
  const problem = await submit({ request, context }, async () => {
    done = await changeSecrets(context.api(workspaceId).secrets, agentId, form);
  });
  const [intent, name] = [form.text("intent"), form.text("name")];
  return { problem, intent, name, done };
}

export default function Secrets() {
  const { secrets, stale, chosen, versions } = useLoaderData<typeof loader>();
  const { at, agent } = useAgent();
  const answer = useActionData<typeof action>();
  const isStill = useNavigation().state === "idle";
  const isOfForm = answer?.intent === "set";
  return (
    <div className="grid grid-cols-1 gap-6">
      {answer?.problem && !isOfForm ? <FormSummary problem={answer.problem} /> : null}
      <Outcome of={answer}>{answer?.done}</Outcome>
      <StaleNotice stale={stale} />
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1.7fr)_minmax(0,1fr)] lg:items-start">
        <div className="grid min-w-0 grid-cols-1 gap-6">
          <Panel
            title="Secrets"
            isFlush
            actions={
              <IfMay action="secret.write">
                <PasteEnv secrets={secrets} />
              </IfMay>
            }
          >
            <SecretsTable secrets={secrets} at={at} liveVersion={agent.activeVersion} />
          </Panel>
          {chosen && chosen.version > 0 ? <SecretHistory secret={chosen} versions={versions} /> : null}
        </div>
        <IfMay action="secret.write">
          <Panel title="Set a secret">
            <SetSecretForm
              secrets={secrets}
              problem={isOfForm ? answer.problem : null}
              name={(isOfForm && answer.problem ? answer.name : null) ?? chosen?.name}
              saved={isOfForm && !answer.problem && isStill ? answer : null}
            />
          </Panel>
        </IfMay>
      </div>
    </div>
  );
}
