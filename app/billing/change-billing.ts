// What the billing page does with its forms: it asks for a page of Stripe's and leads there. Nothing changes here.
import type { FormFields } from "~/app/form-of";
import { submit } from "~/app/rpc";
import type { CheckoutInput } from "~/server/billing/billing.contract";
import type { Caller } from "~/server/router";

type Place = Parameters<typeof submit>[0];

export async function changeBilling(place: Place, api: Caller, form: FormFields) {
  const [intent, tier, interval, currency = ""] = form.text("intent").split(" ");
  let goTo: string | null = null;
  const problem = await submit(place, async () => {
    if (intent === "portal") goTo = (await api.billing.portal({})).url;
    // The contract judges the words; a form can hold any.
    else goTo = (await api.billing.checkout({ tier, interval, currency } as CheckoutInput)).url;
  });
  return { problem, goTo };
}
