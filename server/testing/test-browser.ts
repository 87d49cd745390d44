// A person at a browser, as tests of accounts need one: what they type, the letters they get, the cookie they hold.
import type { SignUpInput } from "~/server/accounts/accounts.contract";
import type { Caller } from "~/server/accounts/begin-session";
import { grantLetterWish } from "~/server/accounts/grant-letter-wish";
import { requestPasswordReset } from "~/server/accounts/request-password-reset";
import { resendVerification } from "~/server/accounts/resend-verification";
import { signUp } from "~/server/accounts/sign-up";
import { verifyEmail } from "~/server/accounts/verify-email";
import type { UserPrincipal } from "~/server/auth/principal";
import { openSessions } from "~/server/auth/sessions";
import type { TestServices } from "./test-services";

export const ada = { email: "ada@example.test", displayName: "Ada", password: "correct horse battery" };

export const browser: Caller = {
  traceId: "trc_1",
  ipAddress: "10.0.0.1",
  userAgent: "Mozilla/5.0 (Windows) Chrome/140",
  sessionIdHash: null,
};

/** What the browser sends back of a Set-Cookie header. */
export function cookieOf(setCookie: string): string {
  return setCookie.split(";")[0] ?? "";
}

/** Whom the cookie stands for; null when nobody. */
export async function personBehind(services: TestServices, setCookie: string): Promise<UserPrincipal | null> {
  return (await openSessions(services).prove(cookieOf(setCookie)))?.user ?? null;
}

/** The token of the link in a letter; the last letter when none is named. */
export function tokenFromLetter(services: TestServices, place = -1): string {
  return /token=([0-9a-f]{64})/.exec(services.mailer.sent.at(place)?.text ?? "")?.[1] ?? "";
}

/** What the worker does with every wish for a letter that was rung for. */
export async function grantWishes(services: TestServices): Promise<void> {
  const wishes = services.queue.rung.splice(0).filter((ring) => ring.name === "letter-wish-grant");
  for (const { payload } of wishes) await grantLetterWish(services, { wishId: payload["wishId"] ?? "" });
}

/** Asks for a reset letter and waits until the worker has posted it. */
export async function askForReset(services: TestServices, email: string, caller: Caller = browser): Promise<void> {
  await requestPasswordReset(services, caller, { email });
  await grantWishes(services);
}

/** Asks for the confirmation letter again, likewise. */
export async function askForVerification(services: TestServices, email: string): Promise<void> {
  await resendVerification(services, browser, { email });
  await grantWishes(services);
}

/** Signs up and waits until the worker has made the account and posted the letter. */
export async function signUpAs(services: TestServices, caller: Caller, input: SignUpInput): Promise<void> {
  await signUp(services, caller, input);
  await grantWishes(services);
}

/** Ada, signed up and confirmed; answers the Set-Cookie header of her first session. */
export async function signUpAda(services: TestServices): Promise<string> {
  await signUpAs(services, browser, ada);
  return (await verifyEmail(services, browser, { token: tokenFromLetter(services), password: ada.password })).setCookie;
}

/** How many of ten tries at the same moment got through. */
export async function passedOfTen(act: () => Promise<unknown>): Promise<number> {
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, act));
  return outcomes.filter((outcome) => outcome.status === "fulfilled").length;
}
