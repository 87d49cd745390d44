// Posts letters: sealed into a row with the act that they tell of; the worker takes them from there (MISSION I6).
import process from "node:process";
import { afterCommit } from "~/db/after-commit";
import type { Clock } from "~/server/clock";
import type { Config } from "~/server/config";
import { newId } from "~/server/ids";
import type { Log } from "~/server/log";
import type { Queue } from "~/server/queue/queue";
import type { Vault } from "~/server/vault/vault";
import { deliverMailJob } from "./mail.jobs";
import { insertMailAcrossWorkspaces } from "./mail.queries";
import type { MailCarrier } from "./mail-carrier";
import type { Mail, Mailer } from "./mailer";
import { sealLetter } from "./outbox-letter";

export type MailerNeeds = {
  config: Pick<Config, "isDevelopment">;
  vault: Vault;
  queue: Queue;
  log: Log;
  clock: Clock;
  carrier: MailCarrier | null;
};

const subjectCharactersMax = 200;

export function createMailer(needs: MailerNeeds): Mailer {
  const { carrier } = needs;
  return {
    carrier,
    async send(tx, mail) {
      const [mailId, createdAt] = [newId("mail"), needs.clock.now()];
      await insertMailAcrossWorkspaces(tx, {
        id: mailId,
        recipient: mail.to,
        subject: oneLine(mail.subject),
        sealedBody: await sealLetter(needs.vault, mailId, { text: mail.text, html: mail.html }),
        createdAt,
        ...(carrier ? { status: "queued", nextAttemptAt: createdAt } : { status: "held", nextAttemptAt: null }),
      });
      afterCommit(tx, async () => {
        needs.log.info({ mailId, subject: mail.subject }, carrier ? "mail posted" : "mail put into the outbox");
        if (carrier) await needs.queue.ring(deliverMailJob, { mailId });
        else if (needs.config.isDevelopment) showLetter(mail);
      });
    },
  };
}

/** Subjects may hold names that people chose: a line break there must not begin a header. */
function oneLine(subject: string): string {
  return subject.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").slice(0, subjectCharactersMax);
}

/** Past the log, which would strike out the link. Only a development start gets here, where its one reader sits before it. */
function showLetter(mail: Mail): void {
  const link = /https?:\/\/\S+[?&]token=\S+/.exec(mail.text)?.[0];
  process.stderr.write(`letter to ${mail.to}: ${oneLine(mail.subject)}${link ? `\n  ${link}` : ""}\n`);
}
