// The subscription in a sentence, and the way to Stripe's portal, where it is changed, cancelled and paid.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { useNow } from "~/app/ui/moment";
import { Notice } from "~/app/ui/notice";
import { Panel } from "~/app/ui/panel";
import { StateMark } from "~/app/ui/state-mark";
import type { BillingOverview, SubscriptionItem } from "~/server/billing/billing.contract";
import { planNames } from "./money-words";
import { stateOf, whatComes } from "./subscription-words";

export function SubscriptionPanel({ overview, mayPay }: { overview: BillingOverview; mayPay: boolean }) {
  const { isOn, subscription, hasCustomer, tier, isChanged } = overview;
  const isBusy = useIsSubmitting("portal");
  return (
    <Panel
      title={`${planNames[tier]} plan`}
      actions={
        isOn && hasCustomer && mayPay ? (
          <CsrfForm>
            <Button name="intent" value="portal" size="small" isBusy={isBusy}>
              Change, pay or cancel
            </Button>
          </CsrfForm>
        ) : null
      }
    >
      <div className="grid gap-3 text-ink-2 text-sm leading-6">
        {subscription ? <SubscriptionWords subscription={subscription} /> : <p>{withoutSubscription(overview)}</p>}
        {isChanged ? <p>The operator changed some limits for this workspace; the bars below show those that hold.</p> : null}
        {isOn ? null : (
          <Notice title="Billing is off on this installation.">
            Nothing is charged here. Plans are given by the operator; ask them for another one.
          </Notice>
        )}
      </div>
    </Panel>
  );
}

function withoutSubscription({ tier, isOn }: BillingOverview): string {
  if (tier === "free") return isOn ? "Nothing is charged. Choose a plan below when you need more." : "Nothing is charged.";
  return "This plan was given by the operator. Nothing is charged.";
}

function SubscriptionWords({ subscription }: { subscription: SubscriptionItem }) {
  const { interval, status } = subscription;
  const now = useNow(60_000);
  const state = stateOf(subscription);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <StateMark tone={state.tone}>{state.word}</StateMark>
      <p>
        {interval && status !== "trialing" ? `Paid by the ${interval}. ` : ""}
        {whatComes(subscription, now)}
      </p>
    </div>
  );
}
