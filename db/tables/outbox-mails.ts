// Letters: on their way to the mail server, gone, refused, or, without a mail server, kept for the operator (MISSION I6).
import type { ColumnType, Generated } from "kysely";
import type { ColumnClasses } from "./classes";

/** `held`: no mail server, the operator reads it. `failed`: given up; the operator may send it on its way again. */
export const mailStatuses = ["held", "queued", "sent", "failed"] as const;
export type MailStatus = (typeof mailStatuses)[number];

export type OutboxMailsTable = {
  id: string;
  recipient: string;
  subject: string;
  /** The text and HTML bodies, sealed under the platform data key: they hold single-use links. Gone once the letter is sent. */
  sealedBody: Buffer | null;
  status: Generated<MailStatus>;
  attempts: Generated<number>;
  /** When a queued letter is tried next; whoever tries it moves this on first, so that nobody else does. */
  nextAttemptAt: Date | null;
  /** What went wrong last, in our own words. */
  lastError: string | null;
  sentAt: Date | null;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const outboxMailsColumns: ColumnClasses<OutboxMailsTable> = {
  id: "metadata",
  recipient: "sensitive",
  subject: "sensitive",
  sealedBody: "sensitive",
  status: "metadata",
  attempts: "metadata",
  nextAttemptAt: "metadata",
  lastError: "metadata",
  sentAt: "metadata",
  createdAt: "metadata",
};
