// Where people are led for money: to Stripe, encrypted, and nowhere else (MISSION H1).
import { AppError } from "~/server/errors";

/** Checkout and portal may stand on a domain of the operator's own, so any https address holds; `apiUrl` is a test's stand-in. */
export function hostedAddress(url: string | null | undefined, apiUrl: URL | null): string {
  const address = addressIn(url);
  if (address?.protocol === "https:" || (address && address.origin === apiUrl?.origin)) return address.href;
  throw new AppError("INTERNAL", "Stripe opened a session without an address. Try again in a minute.");
}

/** Papers lie at Stripe's own hosts only. Null: there is none, or it lies elsewhere. */
export function paperAddress(url: string | null | undefined): string | null {
  const address = addressIn(url);
  if (address?.protocol !== "https:" || address.username !== "" || address.port !== "") return null;
  return address.hostname.endsWith(".stripe.com") ? address.href : null;
}

function addressIn(url: string | null | undefined): URL | null {
  return url && URL.canParse(url) ? new URL(url) : null;
}
