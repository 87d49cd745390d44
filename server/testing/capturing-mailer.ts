// A letter box that keeps what was sent, for tests to read.
import type { Mail, Mailer } from "~/server/mail/mailer";

export type CapturingMailer = Mailer & {
  /** Every mail so far, oldest first. */
  sent: Mail[];
};

export function createCapturingMailer(): CapturingMailer {
  const sent: Mail[] = [];
  return {
    sent,
    send: async (mail) => {
      sent.push(mail);
    },
  };
}
