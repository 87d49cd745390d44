// What a plan costs, and the button that begins it.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import type { BillingOverview, PlanOffer, PriceOffer } from "~/server/billing/billing.contract";
import { moneyWords, planNames } from "./money-words";

type Props = { offer: PlanOffer; overview: BillingOverview; mayBuy: boolean };

const tierNames = Object.keys(planNames);

export function PlanPrice({ offer, overview, mayBuy }: Props) {
  // A plan that was given holds beside what is paid for: a smaller one would be paid for in vain.
  const isMore = tierNames.indexOf(offer.tier) > tierNames.indexOf(overview.tier);
  const isOpen = mayBuy && overview.isOn && overview.subscription === null && isMore;
  if (offer.tier === "free") return <p className="font-semibold text-2xl text-ink leading-8 tracking-tight">$0</p>;
  if (offer.prices.length === 0) {
    return <p className="min-h-8 text-ink-2 text-sm leading-6">{priceWords(offer, overview)}</p>;
  }
  return (
    <ul className="grid gap-3">
      {offer.prices.map((price) => (
        <li key={`${price.interval} ${price.currency}`} className="flex flex-wrap items-center justify-between gap-2">
          <PriceWords price={price} />
          {isOpen ? <BuyButton offer={offer} price={price} /> : null}
        </li>
      ))}
    </ul>
  );
}

function priceWords({ tier }: PlanOffer, overview: BillingOverview): string {
  if (tier === overview.tier) return "Given by the operator";
  return overview.isOn ? "Ask the operator" : "Given by the operator";
}

function PriceWords({ price: { unitAmount, currency, interval } }: { price: PriceOffer }) {
  return (
    <p className="tabular text-ink-3 text-sm">
      {unitAmount === null ? (
        `By the ${interval}, price at checkout`
      ) : (
        <>
          <span className="font-semibold text-ink text-xl leading-8 tracking-tight">{moneyWords(unitAmount, currency)}</span> a{" "}
          {interval}
        </>
      )}
    </p>
  );
}

function BuyButton({ offer, price }: { offer: PlanOffer; price: PriceOffer }) {
  const intent = `checkout ${offer.tier} ${price.interval} ${price.currency}`;
  const isBusy = useIsSubmitting(intent);
  const words = `Choose ${planNames[offer.tier]}, paid by the ${price.interval}`;
  return (
    <CsrfForm>
      <Button name="intent" value={intent} size="small" tone="primary" isBusy={isBusy} aria-label={words}>
        Choose
      </Button>
    </CsrfForm>
  );
}
