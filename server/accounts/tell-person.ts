// Posts a letter about somebody's own account; the operator of the installation has no mailbox, so nothing is posted there.
import type { Tx } from "~/db/transaction";
import type { Mail, Mailer } from "~/server/mail/mailer";
import { isMailless } from "./operator-email";

export async function tellPerson(tx: Tx, services: { mailer: Mailer }, letter: Mail): Promise<void> {
  if (!isMailless(letter.to)) await services.mailer.send(tx, letter);
}
