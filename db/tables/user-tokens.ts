// Single-use tokens that a person received by mail or at the console; only their SHA-256 is kept (MISSION B3).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export const userTokenPurposes = ["verify_email", "reset_password", "sign_in", "step_up"] as const;
export type UserTokenPurpose = (typeof userTokenPurposes)[number];

export type UserTokensTable = {
  tokenHash: string;
  userId: string;
  purpose: UserTokenPurpose;
  expiresAt: Date;
  usedAt: Date | null;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const userTokensColumns: ColumnClasses<UserTokensTable> = {
  tokenHash: "sensitive",
  userId: "metadata",
  purpose: "metadata",
  expiresAt: "metadata",
  usedAt: "metadata",
  createdAt: "metadata",
};
