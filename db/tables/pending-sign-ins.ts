// A sign-in whose first factor was right and whose second one is awaited. The cookie names it; only the cookie's SHA-256 is kept.
import type { ColumnType, Generated } from "kysely";
import type { ColumnClasses } from "./classes";
import type { SignInMethod } from "./user-sessions";

export type PendingSignInsTable = {
  idHash: string;
  userId: string;
  /** What the first factor was. */
  method: SignInMethod;
  tries: Generated<number>;
  expiresAt: Date;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const pendingSignInsColumns: ColumnClasses<PendingSignInsTable> = {
  idHash: "sensitive",
  userId: "metadata",
  method: "metadata",
  tries: "metadata",
  expiresAt: "metadata",
  createdAt: "metadata",
};
