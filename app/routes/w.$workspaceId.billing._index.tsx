// The plan of the workspace, what is used of it, and every plan beside it.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { AfterCheckout } from "~/app/billing/after-checkout";
import { changeBilling } from "~/app/billing/change-billing";
import { GoOn } from "~/app/billing/go-on";
import { PlanCards } from "~/app/billing/plan-cards";
import { SubscriptionPanel } from "~/app/billing/subscription-panel";
import { UsageBars } from "~/app/billing/usage-bars";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";
import { useMay } from "~/app/workspaces/use-may";

export function meta() {
  return pageTitle("Billing");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const overview = await load({ request, context }, () => context.api(params["workspaceId"]).billing.overview({}));
  return { overview, isBackFromCheckout: new URL(request.url).searchParams.get("checkout") === "done" };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  return changeBilling({ request, context }, context.api(params["workspaceId"]), form);
}

export default function Plan() {
  const { overview, isBackFromCheckout } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const mayConfigure = useMay()("billing.configure");
  return (
    <div className="grid grid-cols-1 gap-6">
      {answer?.goTo ? <GoOn url={answer.goTo} /> : null}
      {isBackFromCheckout ? <AfterCheckout overview={overview} /> : null}
      <FormSummary problem={answer?.problem} />
      <SubscriptionPanel overview={overview} mayPay={mayConfigure} />
      <UsageBars overview={overview} />
      <PlanCards overview={overview} mayBuy={mayConfigure} />
    </div>
  );
}
