// The letters of a change of address, one to each mailbox.
import { composeLetter } from "~/server/mail/compose-letter";
import type { Mail } from "~/server/mail/mailer";
import type { Addressee } from "./security-letters";

const footnote = "The link works once and for 24 hours. Nothing changes before both mailboxes have agreed.";

export function oldAddressLetter(publicUrl: URL, to: Addressee, change: { newEmail: string; token: string }): Mail {
  return composeLetter({
    to: to.email,
    subject: "Do you want to change your address?",
    paragraphs: [
      `Hello ${to.displayName},`,
      `somebody who is signed in to your account wants its address to be ${change.newEmail} from now on. If that is you, agree here, and in the letter that went to the new address.`,
    ],
    link: { label: "Agree to the change", url: linkTo(publicUrl, change.token) },
    footnote: `${footnote} If this was not you, do not open it, and choose a new password at once: ${new URL("/reset", publicUrl)}`,
  });
}

export function newAddressLetter(publicUrl: URL, to: Addressee, change: { oldEmail: string; token: string }): Mail {
  return composeLetter({
    to: to.email,
    subject: "Confirm your new address for webhost.systems",
    paragraphs: [
      `Hello ${to.displayName},`,
      `the account ${change.oldEmail} is to have this address from now on. If that is you, confirm it here, and in the letter that went to the old address.`,
    ],
    link: { label: "Confirm the new address", url: linkTo(publicUrl, change.token) },
    footnote: `${footnote} If this was not you, do nothing.`,
  });
}

/** Tells the owner of the address what the page must not tell a stranger. */
export function addressTakenLetter(publicUrl: URL, to: Addressee): Mail {
  return composeLetter({
    to: to.email,
    subject: "This address has an account at webhost.systems",
    paragraphs: [
      `Hello ${to.displayName},`,
      "somebody wanted to give this address to another account, but it has one of its own. Nothing was changed.",
    ],
    link: { label: "Sign in", url: new URL("/sign-in", publicUrl).href },
    footnote: "If this was not you, there is nothing to do.",
  });
}

function linkTo(publicUrl: URL, token: string): string {
  const url = new URL("/email-change", publicUrl);
  url.searchParams.set("token", token);
  return url.href;
}
