// The real letter box, and beside it a list of what was posted and committed, for tests to read.
import { afterCommit } from "~/db/after-commit";
import { createMailer, type MailerNeeds } from "~/server/mail/create-mailer";
import type { Mail, Mailer } from "~/server/mail/mailer";

export type CapturingMailer = Mailer & {
  /** Every mail so far, oldest first. */
  sent: Mail[];
};

export function createCapturingMailer(needs: MailerNeeds): CapturingMailer {
  const sent: Mail[] = [];
  const mailer = createMailer(needs);
  return {
    sent,
    carrier: mailer.carrier,
    async send(tx, mail) {
      await mailer.send(tx, mail);
      afterCommit(tx, async () => void sent.push(mail));
    },
  };
}
