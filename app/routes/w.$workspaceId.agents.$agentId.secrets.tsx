// Secrets of an agent: write-only.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { formOf } from "~/app/form-of";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load, submit } from "~/app/rpc";
import { SecretsTable } from "~/app/secrets/secrets-table";
import { SetSecretForm } from "~/app/secrets/set-secret-form";
import { LinkButton } from "~/app/ui/link-button";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Secrets");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const { items: secrets } = await load({ request, context }, () =>
    context.api(at.workspaceId).secrets.list({ agentId: at.agentId }),
  );
  return { at, secrets };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const { workspaceId, agentId } = placeOf(params);
  const { secrets } = context.api(workspaceId);
  const name = form.text("name");
  const sets = form.text("intent") === "set";
  const problem = await submit({ request, context }, () =>
    sets ? secrets.set({ agentId, name, value: form.text("value") }) : secrets.unset({ agentId, name }),
  );
  return { problem, name, done: problem ? null : sets ? ("set" as const) : ("unset" as const) };
}

export default function Secrets() {
  const { at, secrets } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const stale = secrets.filter((secret) => secret.isStale);
  return (
    <div className="grid grid-cols-1 gap-6">
      {answer?.done ? (
        <Notice tone="done">
          <code className="font-mono">{answer.name}</code> is {answer.done}.
        </Notice>
      ) : null}
      {stale.length > 0 ? (
        <Notice
          tone="warning"
          title="The live version still uses older values"
          action={
            <LinkButton to={paths.deploymentNew(at)} size="small">
              Redeploy
            </LinkButton>
          }
        >
          {stale.map((secret) => secret.name).join(", ")}
        </Notice>
      ) : null}
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1.7fr)_minmax(0,1fr)] lg:items-start">
        <Panel title="Secrets" isFlush>
          <SecretsTable secrets={secrets} />
        </Panel>
        <Panel title="Set a secret">
          <SetSecretForm
            secrets={secrets}
            problem={answer?.problem}
            name={answer?.problem ? answer.name : undefined}
            savedName={answer?.done ? answer.name : undefined}
          />
        </Panel>
      </div>
    </div>
  );
}
