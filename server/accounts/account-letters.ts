// The letters that people get about their account. Each link works once.
import { composeLetter } from "~/server/mail/compose-letter";
import type { Mail } from "~/server/mail/mailer";

type Addressee = { email: string; displayName: string };

const notYou = "If this was not you, do nothing: without the link nothing happens.";

export function verificationLetter(publicUrl: URL, to: Addressee, token: string): Mail {
  return composeLetter({
    to: to.email,
    subject: "Confirm your address for webhost.systems",
    paragraphs: [
      `Hello ${to.displayName},`,
      "somebody signed up with this address and chose a password. Open the link and type that password to begin.",
    ],
    link: { label: "Confirm my address", url: linkTo(publicUrl, "/verify", token) },
    footnote: `The link works once and for 24 hours. ${notYou}`,
  });
}

/** Tells the owner of the address what the sign-up form must not tell a stranger. */
export function alreadyRegisteredLetter(publicUrl: URL, to: Addressee): Mail {
  return composeLetter({
    to: to.email,
    subject: "You already have an account at webhost.systems",
    paragraphs: [
      `Hello ${to.displayName},`,
      "somebody tried to sign up with this address, but it has an account already. Nothing was changed.",
      `Forgot the password? Ask for a new one at ${new URL("/reset", publicUrl)}`,
    ],
    link: { label: "Sign in", url: new URL("/sign-in", publicUrl).href },
    footnote: "If this was not you, there is nothing to do.",
  });
}

export function passwordResetLetter(publicUrl: URL, to: Addressee, token: string): Mail {
  return composeLetter({
    to: to.email,
    subject: "A new password for webhost.systems",
    paragraphs: [
      `Hello ${to.displayName},`,
      "somebody asked for a new password for this account. Choose one with the link; every signed-in device is then signed out.",
    ],
    link: { label: "Choose a new password", url: linkTo(publicUrl, "/reset/new", token) },
    footnote: `The link works once and for one hour. ${notYou}`,
  });
}

export function passwordChangedLetter(publicUrl: URL, to: Addressee): Mail {
  return composeLetter({
    to: to.email,
    subject: "Your password was changed",
    paragraphs: [
      `Hello ${to.displayName},`,
      "the password of your account was changed just now, and every other device was signed out.",
    ],
    footnote: `If this was not you, ask for a new password at once: ${new URL("/reset", publicUrl)}`,
  });
}

/** The code counts in the session that asked for it: whoever else reads this letter can do nothing with it. */
export function proofCodeLetter(to: Addressee, code: string): Mail {
  return composeLetter({
    to: to.email,
    subject: `${code} is your code for webhost.systems`,
    paragraphs: [`Hello ${to.displayName},`, "to confirm that it is you, type this code into the page that asked for it:", code],
    footnote:
      "The code works once and for ten minutes. If you did not ask for it, choose a new password: somebody may use your account.",
  });
}

function linkTo(publicUrl: URL, path: string, token: string): string {
  const url = new URL(path, publicUrl);
  url.searchParams.set("token", token);
  return url.href;
}
