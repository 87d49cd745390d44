// Letters of an installation without a mail server: kept sealed, readable by the operator (MISSION I6).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export type OutboxMailsTable = {
  id: string;
  recipient: string;
  subject: string;
  /** The text and HTML bodies, sealed under the platform data key: they hold single-use links. */
  sealedBody: Buffer;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const outboxMailsColumns: ColumnClasses<OutboxMailsTable> = {
  id: "metadata",
  recipient: "sensitive",
  subject: "sensitive",
  sealedBody: "sensitive",
  createdAt: "metadata",
};
