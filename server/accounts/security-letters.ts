// The letters that tell people what changed about the ways into their account, so that they notice what was not them.
import { composeLetter } from "~/server/mail/compose-letter";
import type { Mail } from "~/server/mail/mailer";

export type Addressee = { email: string; displayName: string };

/** What happened, in one sentence each; they carry no link that does anything. */
type News = { subject: string; what: string };

export function secondFactorOnLetter(publicUrl: URL, to: Addressee): Mail {
  return newsLetter(publicUrl, to, {
    subject: "Two-factor sign-in is on",
    what: "from now on your account asks for a code of your authenticator app after the password.",
  });
}

export function secondFactorOffLetter(publicUrl: URL, to: Addressee): Mail {
  return newsLetter(publicUrl, to, {
    subject: "Two-factor sign-in is off",
    what: "your account does not ask for a code of your authenticator app any more, and its recovery codes stopped working.",
  });
}

export function recoveryCodesRenewedLetter(publicUrl: URL, to: Addressee): Mail {
  return newsLetter(publicUrl, to, {
    subject: "New recovery codes",
    what: "your account got ten new recovery codes just now, and the old ones stopped working.",
  });
}

export function recoveryCodeUsedLetter(publicUrl: URL, to: Addressee, left: number): Mail {
  const rest = left === 1 ? "One is left" : `${left} are left`;
  return newsLetter(publicUrl, to, {
    subject: "A recovery code was used",
    what: `somebody signed in to your account, or confirmed an act in it, with one of its recovery codes. ${rest}.`,
  });
}

export function passwordSetLetter(publicUrl: URL, to: Addressee): Mail {
  return newsLetter(publicUrl, to, {
    subject: "Your account has a password",
    what: "your account had no password until now; one was chosen, and every other device was signed out.",
  });
}

export function passkeyAddedLetter(publicUrl: URL, to: Addressee, name: string): Mail {
  return newsLetter(publicUrl, to, {
    subject: "A passkey was added",
    what: `the passkey "${name}" can sign in to your account from now on.`,
  });
}

export function passkeyRemovedLetter(publicUrl: URL, to: Addressee, name: string): Mail {
  return newsLetter(publicUrl, to, {
    subject: "A passkey was removed",
    what: `the passkey "${name}" cannot sign in to your account any more.`,
  });
}

/** To the old and to the new address. */
export function emailChangedLetter(publicUrl: URL, to: Addressee, change: { from: string; to: string }): Mail {
  return newsLetter(publicUrl, to, {
    subject: "The address of your account was changed",
    what: `your account's address is now ${change.to} instead of ${change.from}. Other devices were signed out.`,
  });
}

function newsLetter(publicUrl: URL, to: Addressee, news: News): Mail {
  return composeLetter({
    to: to.email,
    subject: news.subject,
    paragraphs: [`Hello ${to.displayName},`, news.what],
    footnote: `If this was not you, choose a new password at once: ${new URL("/reset", publicUrl)}`,
  });
}
