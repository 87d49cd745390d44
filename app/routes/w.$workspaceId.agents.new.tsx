// A new agent: drop a bundle or take an example, look at what was found, name it, deploy.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { Link, useActionData, useLoaderData, useNavigate } from "@remix-run/react";
import { EmptyAgentForm } from "~/app/agents/empty-agent-form";
import { NewAgentForm } from "~/app/agents/new-agent-form";
import { OthersMakeAgents } from "~/app/agents/others-make-agents";
import { startAgent } from "~/app/agents/start-agent";
import { BundlePicker } from "~/app/bundles/bundle-picker";
import { BundlePreview } from "~/app/bundles/bundle-preview";
import { ExampleCards } from "~/app/bundles/example-cards";
import { GithubForm } from "~/app/bundles/github-form";
import { formOf } from "~/app/form-of";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { buttonClass } from "~/app/ui/button";
import { PageHeader } from "~/app/ui/page-header";
import { useMay } from "~/app/workspaces/use-may";

export function meta() {
  return pageTitle("New agent");
}
export const handle = { crumb: () => ({ label: "New agent", to: "#" }) };

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const workspaceId = params["workspaceId"] ?? "";
  const api = context.api(workspaceId);
  const uploadId = new URL(request.url).searchParams.get("upload");
  const [upload, examples] = await load({ request, context }, () =>
    Promise.all([uploadId ? api.uploads.get({ uploadId }) : null, uploadId ? [] : api.uploads.examples()]),
  );
  return { workspaceId, upload, examples };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const workspaceId = params["workspaceId"] ?? "";
  return startAgent({ request, context }, { api: context.api(workspaceId), workspaceId, form });
}

export default function NewAgent() {
  const { workspaceId, upload, examples } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const navigate = useNavigate();
  const may = useMay();
  const isOfGithub = answer?.values.intent === "github";
  if (!may("agent.configure")) return <OthersMakeAgents />;
  if (upload) {
    return (
      <div className="grid grid-cols-1 gap-6">
        <PageHeader title="New agent" description="This is what was found in the bundle. Name it, and it can go live." />
        <div className="grid grid-cols-1 gap-6 lg:grid-cols-2 lg:items-start">
          <BundlePreview
            upload={upload}
            actions={
              <Link to={paths.agentNew(workspaceId)} className={buttonClass({ tone: "quiet", size: "small" })}>
                Other bundle
              </Link>
            }
          />
          <NewAgentForm upload={upload} problem={answer?.problem} values={answer?.values} />
        </div>
      </div>
    );
  }
  return (
    <div className="grid grid-cols-1 gap-8">
      <PageHeader title="New agent" description="One zip, checked before anything of it runs." />
      <BundlePicker workspaceId={workspaceId} onAccepted={(uploadId) => navigate(paths.agentNew(workspaceId, uploadId))} />
      <GithubForm problem={isOfGithub ? answer?.problem : null} values={answer?.values} />
      <section aria-labelledby="examples">
        <h2 id="examples" className="mb-3 font-medium text-sm">
          Or start from an example
        </h2>
        <ExampleCards examples={examples} />
      </section>
      <EmptyAgentForm problem={isOfGithub ? null : answer?.problem} name={answer?.values.name} />
    </div>
  );
}
