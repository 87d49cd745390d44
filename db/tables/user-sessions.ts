// A signed-in browser. The cookie holds the session id; this table only its SHA-256 (MISSION B4).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

/** What let the person in. */
export const signInMethods = ["password", "verification", "reset", "link", "oauth", "passkey"] as const;
export type SignInMethod = (typeof signInMethods)[number];

export type UserSessionsTable = {
  idHash: string;
  userId: string;
  /** Idle limit: moved forward by use. */
  expiresAt: Date;
  /** Absolute limit: never moved. */
  endsAt: Date;
  lastUsedAt: Date;
  /** When the person last showed who they are: at sign-in, and again before a dangerous act. */
  provenAt: Date;
  ipAddress: string | null;
  userAgent: string | null;
  /** Null for a session that began before this was kept. */
  method: SignInMethod | null;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const userSessionsColumns: ColumnClasses<UserSessionsTable> = {
  idHash: "sensitive",
  userId: "metadata",
  expiresAt: "metadata",
  endsAt: "metadata",
  lastUsedAt: "metadata",
  provenAt: "metadata",
  ipAddress: "sensitive",
  userAgent: "sensitive",
  method: "metadata",
  createdAt: "metadata",
};
