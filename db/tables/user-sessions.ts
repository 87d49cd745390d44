// A signed-in browser. The cookie holds the session id; this table only its SHA-256 (MISSION B4).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export type UserSessionsTable = {
  idHash: string;
  userId: string;
  /** Idle limit: moved forward by use. */
  expiresAt: Date;
  /** Absolute limit: never moved. */
  endsAt: Date;
  lastUsedAt: Date;
  ipAddress: string | null;
  userAgent: string | null;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const userSessionsColumns: ColumnClasses<UserSessionsTable> = {
  idHash: "sensitive",
  userId: "metadata",
  expiresAt: "metadata",
  endsAt: "metadata",
  lastUsedAt: "metadata",
  ipAddress: "sensitive",
  userAgent: "sensitive",
  createdAt: "metadata",
};
