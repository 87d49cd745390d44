// The letter box: what a verb needs to send a mail, whatever carries it.
import type { Tx } from "~/db/transaction";
import type { MailCarrier } from "./mail-carrier";

export type Mail = { to: string; subject: string; text: string; html: string };

export interface Mailer {
  /**
   * Posts the mail in the transaction of the act that it tells of: it leaves once that is committed, and not at all when it is
   * rolled back. The mail server is never waited for, so no answer takes longer for it.
   */
  send(tx: Tx, mail: Mail): Promise<void>;
  /** Null: no mail server, letters are held for the operator. */
  readonly carrier: MailCarrier | null;
}
