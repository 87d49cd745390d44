// Moving an agent to another runtime: what it changes, and the button.
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { MoveOutlook } from "~/app/agents/move-outlook";
import { placeOf } from "~/app/agents/place-of";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { runtimeWords } from "~/app/deployments/deployment-words";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { formAgain, load, submit } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { LinkButton } from "~/app/ui/link-button";
import type { Runtime } from "~/db/tables/deployments";

export function meta() {
  return pageTitle("Move runtime");
}

/** Whether it is a runtime, the procedure judges, once it knows that the caller may ask. */
const wordOf = (word: string | null) => (word ?? "") as Runtime;

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const runtime = wordOf(new URL(request.url).searchParams.get("to"));
  const plan = await load({ request, context }, () =>
    context.api(at.workspaceId).deployments.planMove({ agentId: at.agentId, runtime }),
  );
  return { at, plan };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const place = { request, context };
  const at = placeOf(params);
  const form = await formOf(place);
  const runtime = wordOf(form.text("to"));
  const made: { deploymentId: string } = { deploymentId: "" };
  const problem = await submit(place, async () => {
    made.deploymentId = (await context.api(at.workspaceId).deployments.move({ agentId: at.agentId, runtime })).deploymentId;
  });
  return problem ? formAgain(problem, {}) : redirect(paths.deployment(at, made.deploymentId));
}

export default function MoveAgent() {
  const { at, plan } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isBusy = useIsSubmitting("move");
  return (
    <div className="grid max-w-3xl grid-cols-1 gap-6">
      <FormSummary problem={answer?.problem} />
      <MoveOutlook plan={plan} />
      <CsrfForm className="flex flex-wrap justify-end gap-2">
        <input type="hidden" name="intent" value="move" />
        <input type="hidden" name="to" value={plan.to} />
        <LinkButton to={paths.agentSettings(at)}>Leave it on {runtimeWords[plan.from]}</LinkButton>
        <Button tone="primary" isBusy={isBusy} disabled={!plan.isAllowed}>
          Move to {runtimeWords[plan.to]}
        </Button>
      </CsrfForm>
    </div>
  );
}
