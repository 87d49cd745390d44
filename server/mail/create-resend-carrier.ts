// Carries letters through Resend's HTTPS API (https://resend.com/docs/api-reference/emails/send-email).
import type { Log } from "~/server/log";
import type { Delivery, MailCarrier } from "./mail-carrier";

export type ResendPlace = {
  apiKey: string;
  from: string;
  /** Where the API is; tests put a stand-in there. */
  origin: URL;
  log: Log;
};

const timeoutMs = 20_000;

export function createResendCarrier(place: ResendPlace): MailCarrier {
  return {
    async deliver(mailId, { to, subject, text, html }) {
      try {
        const answer = await fetch(new URL("/emails", place.origin), {
          method: "POST",
          redirect: "error",
          signal: AbortSignal.timeout(timeoutMs),
          headers: {
            authorization: `Bearer ${place.apiKey}`,
            "content-type": "application/json",
            // Kept by Resend for a day: a letter that is handed over twice leaves once.
            "idempotency-key": mailId,
          },
          body: JSON.stringify({ from: place.from, to: [to], subject, text, html }),
        });
        await answer.body?.cancel();
        return judge(answer.status);
      } catch (error) {
        place.log.debug({ err: error, mailId }, "Resend did not answer");
        return { outcome: "later", why: "Resend could not be reached." };
      }
    },
    close: () => undefined,
  };
}

function judge(status: number): Delivery {
  if (status >= 200 && status < 300) return { outcome: "sent" };
  if (status === 401 || status === 403) {
    return { outcome: "later", why: `Resend did not accept RESEND_API_KEY, or not MAIL_FROM with it (${status}).` };
  }
  if (status === 429 || status >= 500) return { outcome: "later", why: `Resend put the letter off (${status}).` };
  return { outcome: "refused", why: `Resend refused the letter (${status}).` };
}
