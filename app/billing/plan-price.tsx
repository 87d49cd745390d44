// What a plan costs, and the button that begins it.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import type { BillingOverview, PlanOffer, PriceOffer } from "~/server/billing/billing.contract";
import { moneyWords, planNames } from "./money-words";

type Props = { offer: PlanOffer; overview: BillingOverview; mayBuy: boolean };

export function PlanPrice({ offer, overview, mayBuy }: Props) {
  const isOpen = mayBuy && overview.isOn && overview.subscription === null && offer.tier !== overview.tier;
  if (offer.tier === "free") return <p className="font-semibold text-2xl text-ink leading-8 tracking-tight">$0</p>;
  if (offer.prices.length === 0) {
    return <p className="min-h-8 text-ink-2 text-sm leading-6">{overview.isOn ? "Ask the operator" : "Given by the operator"}</p>;
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

function PriceWords({ price: { unitAmount, currency, interval } }: { price: PriceOffer }) {
  return (
    <p className="tabular text-ink-3 text-sm">
      {unitAmount === null ? (
        "Price at checkout"
      ) : (
        <span className="font-semibold text-ink text-xl leading-8 tracking-tight">{moneyWords(unitAmount, currency)}</span>
      )}{" "}
      a {interval}
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
