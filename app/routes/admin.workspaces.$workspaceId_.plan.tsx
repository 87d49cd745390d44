// The plan of one workspace, for the operator: what it is, and how it is changed by hand.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { FactList } from "~/app/admin/fact-list";
import { planNames } from "~/app/billing/money-words";
import { AssignForm, LimitsForm } from "~/app/billing/operator-plan-forms";
import { setPlan } from "~/app/billing/set-plan";
import { formOf } from "~/app/form-of";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { LinkButton } from "~/app/ui/link-button";
import { Outcome } from "~/app/ui/outcome";
import { PageHeader } from "~/app/ui/page-header";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Plan of a workspace");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const workspaceId = params["workspaceId"] ?? "";
  return load({ request, context }, () => context.api().billing.workspacePlan({ workspaceId }));
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  return setPlan({ request, context }, context.api(), { workspaceId: params["workspaceId"] ?? "", form });
}

export default function AdminPlan() {
  const of = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const paid = of.subscriptionTier ? `${planNames[of.subscriptionTier]}, ${of.subscriptionStatus}` : "Nothing";
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title={`Plan of ${of.name}`}
        actions={<LinkButton to={paths.adminWorkspace(of.workspaceId)}>Back to the workspace</LinkButton>}
      />
      <Outcome of={answer}>{answer && !answer.problem ? "Done, and written into both logs." : null}</Outcome>
      <Panel title="As it is">
        <FactList
          facts={[
            ["Plan", planNames[of.tier]],
            ["Paid for", paid],
            ["Given by hand", of.assignedTier ? planNames[of.assignedTier] : "Nothing"],
            ["Limits changed", of.changes ? Object.keys(of.changes).join(", ") : "None"],
          ]}
        />
      </Panel>
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-2 lg:items-start">
        <AssignForm of={of} answer={answer} />
        <LimitsForm of={of} answer={answer} />
      </div>
    </div>
  );
}
