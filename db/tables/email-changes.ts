// A change of address that waits until both the old and the new mailbox have agreed. One per person: a newer one replaces it.
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export type EmailChangesTable = {
  userId: string;
  oldEmail: string;
  newEmail: string;
  oldTokenHash: string;
  newTokenHash: string;
  oldConfirmedAt: Date | null;
  newConfirmedAt: Date | null;
  /** The hash of the session that asked: it stays signed in when the others end. */
  askedInSession: string;
  expiresAt: Date;
  createdAt: ColumnType<Date, Date | undefined, Date>;
};

export const emailChangesColumns: ColumnClasses<EmailChangesTable> = {
  userId: "metadata",
  oldEmail: "sensitive",
  newEmail: "sensitive",
  oldTokenHash: "sensitive",
  newTokenHash: "sensitive",
  oldConfirmedAt: "metadata",
  newConfirmedAt: "metadata",
  askedInSession: "sensitive",
  expiresAt: "metadata",
  createdAt: "metadata",
};
