// The hosted pages of the stand-in, enough for a browser: Checkout takes test cards, the portal cancels, resumes and pays.
import type { Invoice, Ledger, Subscription, Thing } from "./ledger";

export type PageAnswer = { status: number; html?: string; location?: string };

const declined = "4000000000000002";
const works = "4242424242424242";

type Checkout = Thing & {
  customer: string;
  status: string;
  success_url: string;
  cancel_url: string;
  line_items: { price: string }[];
};
type Portal = Thing & { customer: string; return_url: string };

/** Null: no page of ours. */
export function answerPage(ledger: Ledger, method: string, path: string, form: Record<string, unknown>): PageAnswer | null {
  const [, kind, id = ""] = /^\/(c\/pay|p\/session)\/(\w+)$/.exec(path) ?? [];
  const session = ledger.things.get(id);
  if (!kind || !session) return null;
  if (kind === "c/pay") return checkout(ledger, session as Checkout, method === "POST" ? String(form["card"] ?? "") : null);
  return portal(ledger, session as Portal, method === "POST" ? String(form["act"] ?? "") : null);
}

function checkout(ledger: Ledger, session: Checkout, card: string | null): PageAnswer {
  if (session.status !== "open") return { status: 410, html: page("Checkout", "<p>This checkout is over.</p>") };
  const digits = card?.replace(/\s/g, "");
  if (digits === works) {
    session.status = "complete";
    ledger.subscribe(session.customer, session.line_items[0]?.price ?? "");
    ledger.tellOf("checkout.session.completed", session);
    return { status: 303, location: session.success_url };
  }
  const problem = digits === undefined ? "" : digits === declined ? "Your card was declined." : "Your card number is wrong.";
  const body = `<p role="alert">${problem}</p><form method="post"><label>Card number <input name="card" autofocus></label>
    <button>Subscribe</button></form><a href="${escapeHtml(session.cancel_url)}">Back</a>`;
  return { status: problem ? 402 : 200, html: page("Checkout", body) };
}

function portal(ledger: Ledger, session: Portal, act: string | null): PageAnswer {
  const [subscription] = ledger.list<Subscription>("subscription", ({ customer }) => customer === session.customer);
  if (subscription && act !== null) perform(ledger, subscription, act);
  const invoices = ledger.list<Invoice>("invoice", ({ customer }) => customer === session.customer);
  const rows = invoices.map((invoice) => `<li>${String(invoice["number"])}: ${invoice.status}</li>`).join("");
  const acts = ["cancel", "resume", "pay", "end"].map((name) => `<button name="act" value="${name}">${name}</button>`).join(" ");
  const body = `<p>Subscription: ${subscription?.status ?? "none"}</p><ul>${rows}</ul><form method="post">${acts}</form>
    <a href="${escapeHtml(session.return_url)}">Return</a>`;
  return { status: 200, html: page("Billing portal", body) };
}

/** `end` is the end of the period, for somebody who cannot wait for it. */
function perform(ledger: Ledger, subscription: Subscription, act: string): void {
  if (act === "cancel") ledger.change(subscription.id, { cancel_at_period_end: true });
  if (act === "resume") ledger.change(subscription.id, { cancel_at_period_end: false });
  if (act === "pay") ledger.recover(subscription.id);
  if (act === "end") ledger.change(subscription.id, { status: "canceled" });
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${body}</html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
