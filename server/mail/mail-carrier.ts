// What takes a letter out of the house, and what may become of it there.
import type { Mail } from "./mailer";

/** `later`: worth another try. `refused`: final. `why` is a sentence of ours for the operator; it holds no text of the server. */
export type Delivery = { outcome: "sent" } | { outcome: "later" | "refused"; why: string };

export interface MailCarrier {
  /** Never rejects, and answers within {@link carrierTimeoutMs}. `mailId` names the letter: equal ids are one letter. */
  deliver(mailId: string, mail: Mail): Promise<Delivery>;
  close(): void;
}

/** Longest for one letter, whatever the server does. */
export const carrierTimeoutMs = 90_000;
