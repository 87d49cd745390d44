// The mailer of an installation without a mail server: letters go into a sealed outbox that the operator reads (MISSION I6).
import type { Db } from "~/db/client";
import type { Clock } from "~/server/clock";
import { newId } from "~/server/ids";
import type { Log } from "~/server/log";
import type { Vault } from "~/server/vault/vault";
import { deleteOutboxMailsBeforeAcrossWorkspaces, insertOutboxMailAcrossWorkspaces } from "./mail.queries";
import type { Mailer } from "./mailer";
import { sealLetter } from "./outbox-letter";

/** Every link in a letter has expired long before; older letters are only other people's addresses. */
const keptMs = 7 * 24 * 60 * 60 * 1_000;

export function createMailer(needs: { across: Db; vault: Vault; log: Log; clock: Clock }): Mailer {
  return {
    async send(mail) {
      const mailId = newId("mail");
      const createdAt = needs.clock.now();
      const sealedBody = await sealLetter(needs.vault, mailId, { text: mail.text, html: mail.html });
      await insertOutboxMailAcrossWorkspaces(needs.across, {
        id: mailId,
        recipient: mail.to,
        subject: mail.subject,
        sealedBody,
        createdAt,
      });
      await deleteOutboxMailsBeforeAcrossWorkspaces(needs.across, new Date(createdAt.getTime() - keptMs));
      needs.log.info({ mailId, subject: mail.subject }, "mail put into the outbox");
    },
  };
}
