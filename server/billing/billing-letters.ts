// The letters about money: what happened, what it means for the agents, and the one place to see to it.
import { composeLetter } from "~/server/mail/compose-letter";
import type { Mail } from "~/server/mail/mailer";
import type { TierChange } from "./set-tier";

export type BillingPlace = { publicUrl: URL; workspaceId: string; workspaceName: string };
type Addressee = { email: string; displayName: string };

const footnote = "You get this because you own the workspace. Invoices and cards are with Stripe, reached from the Billing page.";

export function paymentFailedLetter(place: BillingPlace, to: Addressee, graceEndsAt: Date): Mail {
  return letter(place, to, {
    subject: `A payment for ${place.workspaceName} failed`,
    paragraphs: [
      `the last payment for ${place.workspaceName} did not go through.`,
      `Nothing has stopped. Until ${dayOf(graceEndsAt)} the plan stays as it is; after that the workspace goes back to the free plan, until the invoice is paid.`,
    ],
  });
}

export function paymentRecoveredLetter(place: BillingPlace, to: Addressee): Mail {
  return letter(place, to, {
    subject: `The payment for ${place.workspaceName} went through`,
    paragraphs: [`the invoice of ${place.workspaceName} is paid. Everything is as it was.`],
  });
}

export function cancelLetter(place: BillingPlace, to: Addressee, cancelsAt: Date): Mail {
  return letter(place, to, {
    subject: `The plan of ${place.workspaceName} ends on ${dayOf(cancelsAt)}`,
    paragraphs: [
      `the subscription of ${place.workspaceName} was cancelled. It is paid for until ${dayOf(cancelsAt)} and works until then.`,
      "The Billing page says exactly which agents, members and keys would stop. The cancellation can be taken back there.",
    ],
  });
}

export function trialLetter(place: BillingPlace, to: Addressee, trial: { trialEndsAt: Date; isCancelled: boolean }): Mail {
  const day = dayOf(trial.trialEndsAt);
  return letter(place, to, {
    subject: `The trial of ${place.workspaceName} ends on ${day}`,
    paragraphs: [
      `the trial of ${place.workspaceName} ends on ${day}.`,
      trial.isCancelled
        ? "It was cancelled: after that day the workspace is on the free plan, and nothing is charged. The cancellation can be taken back on the Billing page."
        : "After that day the plan is charged to the payment method that you gave to Stripe; without one it ends. Change or cancel it on the Billing page before then.",
    ],
  });
}

export function planLetter(place: BillingPlace, to: Addressee, { from, to: plan }: TierChange): Mail {
  return letter(place, to, {
    subject: `${place.workspaceName} is now on the ${plan} plan`,
    paragraphs: [
      `${place.workspaceName} went from the ${from} plan to the ${plan} plan.`,
      "Its limits hold from now on. No agent, member or key was deleted: what a plan does not run waits, and goes on when there is room for it.",
    ],
  });
}

export type UnusualSpend = { workspaceId: string; workspaceName: string; spentUsd: number; usualUsd: number };

/** To the operator. */
export function spendLetter(
  publicUrl: URL,
  to: Addressee,
  { workspaceId, workspaceName, spentUsd, usualUsd }: UnusualSpend,
): Mail {
  return composeLetter({
    to: to.email,
    subject: `Unusual spend: ${workspaceName}`,
    paragraphs: [
      `Hello ${to.displayName},`,
      `the workspace ${workspaceName} (${workspaceId}) has run up an estimated $${spentUsd.toFixed(2)} today. On a usual day it is $${usualUsd.toFixed(2)}.`,
      "If it looks like abuse, disable the workspace: its calls and deployments end within two seconds.",
    ],
    link: { label: "Open the administration", url: new URL("/admin", publicUrl).href },
    footnote: "One letter for each workspace and day at most.",
  });
}

/** To the operator: a bank asks for a payment back. */
export function disputeLetter(publicUrl: URL, to: Addressee, workspace: { workspaceId: string; workspaceName: string }): Mail {
  return composeLetter({
    to: to.email,
    subject: `A payment of ${workspace.workspaceName} is disputed`,
    paragraphs: [
      `Hello ${to.displayName},`,
      `somebody disputes a payment of ${workspace.workspaceName} (${workspace.workspaceId}) at their bank. Answer it at Stripe before its deadline.`,
      "Nothing was changed here: a dispute alone takes no plan away.",
    ],
    link: { label: "Open the administration", url: new URL("/admin", publicUrl).href },
    footnote: "One letter for each dispute.",
  });
}

function letter(place: BillingPlace, to: Addressee, words: { subject: string; paragraphs: readonly string[] }): Mail {
  return composeLetter({
    to: to.email,
    subject: words.subject,
    paragraphs: [`Hello ${to.displayName},`, ...words.paragraphs],
    link: { label: "Open Billing", url: new URL(`/w/${place.workspaceId}/billing`, place.publicUrl).href },
    footnote,
  });
}

function dayOf(moment: Date): string {
  return moment.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}
