// The letters that tell people who may vouch for them from now on, and who no more.
import { composeLetter } from "~/server/mail/compose-letter";
import type { Mail } from "~/server/mail/mailer";

type Addressee = { email: string; displayName: string };

/** Nobody asked in a session: the proven address alone led here, so its owner is told first of all. */
export function providerLinkedLetter(publicUrl: URL, to: Addressee, name: string): Mail {
  const what = `somebody signed in to your account with ${name}, which vouches that this address is theirs. From now on ${name} opens your account.`;
  return letterOf(publicUrl, to, { subject: `${name} now signs in to your account`, what });
}

export function providerConnectedLetter(publicUrl: URL, to: Addressee, name: string): Mail {
  const what = `your account was connected with ${name} just now, on your account page. From now on ${name} opens it.`;
  return letterOf(publicUrl, to, { subject: `${name} was connected to your account`, what });
}

export function providerDisconnectedLetter(publicUrl: URL, to: Addressee, name: string): Mail {
  const what = `${name} was disconnected from your account just now and does not open it any more.`;
  return letterOf(publicUrl, to, { subject: `${name} was disconnected from your account`, what });
}

function letterOf(publicUrl: URL, to: Addressee, news: { subject: string; what: string }): Mail {
  return composeLetter({
    to: to.email,
    subject: news.subject,
    paragraphs: [`Hello ${to.displayName},`, news.what],
    link: { label: "Look at your account", url: new URL("/account", publicUrl).href },
    footnote: "If this was not you, sign in, disconnect it, sign out everywhere and choose a new password.",
  });
}
