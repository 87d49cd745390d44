// The letter box: what a verb needs to send a mail, whatever carries it.

export type Mail = { to: string; subject: string; text: string; html: string };

export interface Mailer {
  /** Hands the mail over; rejects when the carrier refuses it. */
  send(mail: Mail): Promise<void>;
}
