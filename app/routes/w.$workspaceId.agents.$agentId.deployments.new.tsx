// The next version of an agent: drop a bundle, look at it, fill in what is missing, deploy.
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData, useLoaderData, useNavigate } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { BundlePicker } from "~/app/bundles/bundle-picker";
import { BundlePreview } from "~/app/bundles/bundle-preview";
import { ExampleCards } from "~/app/bundles/example-cards";
import { GithubForm } from "~/app/bundles/github-form";
import { takeBundle } from "~/app/bundles/take-bundle";
import { deployFromForm } from "~/app/deployments/deploy-from-form";
import { NewDeploymentForm } from "~/app/deployments/new-deployment-form";
import { formOf } from "~/app/form-of";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { formAgain, load, unlessForbidden } from "~/app/rpc";
import { missingSecretsProblem, secretsOfForm } from "~/app/secrets/secrets-of-form";

export function meta() {
  return pageTitle("New deployment");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const api = context.api(at.workspaceId);
  const uploadId = new URL(request.url).searchParams.get("upload");
  const [upload, plan, secrets, examples] = await load({ request, context }, () =>
    Promise.all([
      uploadId ? api.uploads.get({ uploadId }) : null,
      uploadId ? unlessForbidden(() => api.deployments.plan({ agentId: at.agentId, uploadId })) : null,
      api.secrets.list({ agentId: at.agentId }),
      uploadId ? [] : api.uploads.examples(),
    ]),
  );
  return { at, upload, plan, secrets: secrets.items, examples };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const place = { request, context };
  const form = await formOf(place);
  const at = placeOf(params);
  const api = context.api(at.workspaceId);
  const taken = await takeBundle(place, { api, form, next: (uploadId) => paths.deploymentNew(at, uploadId) });
  if (taken) return taken;
  const uploadId = form.text("uploadId");
  const [upload, known] = await load(place, () =>
    Promise.all([api.uploads.get({ uploadId }), api.secrets.list({ agentId: at.agentId })]),
  );
  const { requiredKeys } = upload.manifest.env;
  const missing = missingSecretsProblem({
    requiredKeys,
    given: secretsOfForm(form),
    known: known.items,
    traceId: context.traceId,
  });
  if (missing) return formAgain(missing, {});
  const activate = form.text("activate") === "yes";
  const outcome = await deployFromForm(place, api, { agentId: at.agentId, uploadId, activate, form });
  return "deploymentId" in outcome ? redirect(paths.deployment(at, outcome.deploymentId)) : formAgain(outcome, {});
}

export default function NewDeployment() {
  const { at, upload, plan, secrets, examples } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const problem = answer?.problem;
  const navigate = useNavigate();
  if (upload) {
    return (
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-2 lg:items-start">
        <BundlePreview upload={upload} />
        <NewDeploymentForm upload={upload} plan={plan} secrets={secrets} problem={problem} />
      </div>
    );
  }
  return (
    <div className="grid grid-cols-1 gap-6">
      <BundlePicker workspaceId={at.workspaceId} onAccepted={(uploadId) => navigate(paths.deploymentNew(at, uploadId))} />
      <GithubForm problem={problem} values={answer?.values} />
      <ExampleCards examples={examples} />
    </div>
  );
}
