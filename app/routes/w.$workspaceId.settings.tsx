// Settings of the workspace.
import type { ActionFunctionArgs } from "@remix-run/node";
import { useActionData, useRouteLoaderData } from "@remix-run/react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import type { loader as workspaceLoader } from "~/app/routes/w.$workspaceId";
import { submit } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { Moment } from "~/app/ui/moment";
import { Notice } from "~/app/ui/notice";
import { PageHeader } from "~/app/ui/page-header";
import { Panel } from "~/app/ui/panel";
import { ShortId } from "~/app/ui/short-id";
import { Tag } from "~/app/ui/tag";
import { TextField } from "~/app/ui/text-field";

export function meta() {
  return pageTitle("Settings");
}
export const handle: CrumbHandle = {
  crumb: ({ params }) => ({ label: "Settings", to: paths.workspaceSettings(params["workspaceId"] ?? "") }),
};

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const name = form.text("name");
  const problem = await submit({ request, context }, () => context.api(params["workspaceId"]).workspaces.rename({ name }));
  return { problem, name };
}

export default function WorkspaceSettings() {
  const workspace = useRouteLoaderData<typeof workspaceLoader>("routes/w.$workspaceId")?.workspace;
  const answer = useActionData<typeof action>();
  const isBusy = useIsSubmitting();
  if (!workspace) return null;
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader title="Settings" />
      {answer && !answer.problem ? <Notice tone="done">Saved.</Notice> : null}
      <Panel title="Name">
        <CsrfForm className="grid max-w-md gap-4">
          <FormSummary problem={answer?.problem} />
          <TextField
            label="Workspace"
            name="name"
            required
            maxLength={60}
            defaultValue={answer?.problem ? answer.name : workspace.name}
            error={answer?.problem?.fields["name"]}
          />
          <div>
            <Button isBusy={isBusy}>Save</Button>
          </div>
        </CsrfForm>
      </Panel>
      <Panel title="About">
        <dl className="grid max-w-md grid-cols-[8rem_minmax(0,1fr)] gap-y-3 text-sm">
          <dt className="text-ink-3">Workspace</dt>
          <dd>
            <ShortId id={workspace.workspaceId} />
          </dd>
          <dt className="text-ink-3">Plan</dt>
          <dd>
            <Tag>{workspace.tier}</Tag>
          </dd>
          <dt className="text-ink-3">Your role</dt>
          <dd>
            <Tag>{workspace.role}</Tag>
          </dd>
          <dt className="text-ink-3">Made</dt>
          <dd>
            <Moment at={workspace.createdAt} />
          </dd>
        </dl>
      </Panel>
    </div>
  );
}
