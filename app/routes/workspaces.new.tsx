// Makes a further workspace.
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { PersonFrame } from "~/app/frame/person-frame";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { formAgain, load, submit } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { PageHeader } from "~/app/ui/page-header";
import { Panel } from "~/app/ui/panel";
import { TextField } from "~/app/ui/text-field";

export function meta() {
  return pageTitle("New workspace");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  return { me: await load({ request, context }, () => context.api().accounts.me()) };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const name = (await formOf({ request, context })).text("name");
  let workspaceId = "";
  const problem = await submit({ request, context }, async () => {
    workspaceId = (await context.api().workspaces.create({ name })).workspaceId;
  });
  return problem ? formAgain(problem, { name }) : redirect(paths.workspace(workspaceId));
}

export default function NewWorkspace() {
  const { me } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <PersonFrame me={me}>
      <PageHeader
        title="New workspace"
        description="Agents, keys, members, usage and the audit log of one workspace are nothing to another. You will be its owner."
      />
      <Panel>
        <CsrfForm className="grid max-w-md gap-5">
          <FormSummary problem={answer?.problem} />
          <TextField
            label="Name"
            name="name"
            required
            maxLength={60}
            autoComplete="off"
            placeholder="Support, production"
            defaultValue={answer?.values.name}
            error={answer?.problem.fields["name"]}
            help="It can be changed later."
          />
          <div>
            <Button tone="primary" isBusy={useIsSubmitting()}>
              Make workspace
            </Button>
          </div>
        </CsrfForm>
      </Panel>
    </PersonFrame>
  );
}
