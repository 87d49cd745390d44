// Back from a checkout: the plan comes with Stripe's own word, a moment later. The page looks again until it is there.
import { useRevalidator } from "@remix-run/react";
import { useEffect } from "react";
import { Notice } from "~/app/ui/notice";
import type { BillingOverview } from "~/server/billing/billing.contract";
import { planNames } from "./money-words";

const lookEveryMs = 2_000;
/** Then it is for the person to look again. */
const looksMax = 60;

export function AfterCheckout({ overview }: { overview: BillingOverview }) {
  const { revalidate } = useRevalidator();
  const isThere = overview.subscription !== null;
  useEffect(() => {
    if (isThere) return;
    let looks = 0;
    const timer = setInterval(() => {
      looks += 1;
      if (looks >= looksMax) clearInterval(timer);
      revalidate();
    }, lookEveryMs);
    return () => clearInterval(timer);
  }, [isThere, revalidate]);
  if (isThere) return <Notice tone="done">{`Thank you. The ${planNames[overview.tier]} plan holds from now on.`}</Notice>;
  return (
    <Notice title="Thank you. Stripe is telling us.">
      The plan changes as soon as its signed word is here, usually within seconds.
    </Notice>
  );
}
