// Codes for the day the authenticator app is lost: 80 random bits each, of which only a hash is kept; each works once.
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export type UserRecoveryCodesTable = {
  userId: string;
  codeHash: string;
  usedAt: Date | null;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const userRecoveryCodesColumns: ColumnClasses<UserRecoveryCodesTable> = {
  userId: "metadata",
  codeHash: "sensitive",
  usedAt: "metadata",
  createdAt: "metadata",
};
