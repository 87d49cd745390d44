// Letters that somebody asked for by an address; whether it has an account is looked up later, out of sight (MISSION B3).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export const letterWishKinds = ["reset_password", "verify_email", "sign_up"] as const;
export type LetterWishKind = (typeof letterWishKinds)[number];

export type LetterWishesTable = {
  id: string;
  kind: LetterWishKind;
  email: string;
  /** With the password's hash: what a sign-up chose, and nothing else has. */
  displayName: string | null;
  passwordHash: string | null;
  traceId: string | null;
  ipAddress: string | null;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const letterWishesColumns: ColumnClasses<LetterWishesTable> = {
  id: "metadata",
  kind: "metadata",
  email: "sensitive",
  displayName: "sensitive",
  passwordHash: "sensitive",
  traceId: "metadata",
  ipAddress: "sensitive",
  createdAt: "metadata",
};
