// A person. One row per person, whatever way they sign in.
import type { ColumnType, Generated } from "kysely";
import type { ColumnClasses } from "./classes";

export type UsersTable = {
  id: string;
  /** Normalised: trimmed, NFKC, lower case. Unique. */
  email: string;
  displayName: string;
  /** bcrypt, cost 12; null when the account has no password. */
  passwordHash: string | null;
  emailVerifiedAt: Date | null;
  isSuperAdmin: Generated<boolean>;
  /** In SUPER_ADMIN_EMAILS when a worker last compared; kept for the audit log, proves nothing by itself. */
  isConfiguredSuperAdmin: Generated<boolean>;
  disabledAt: Date | null;
  /** The operator's words; null while enabled. */
  disabledReason: Generated<string | null>;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const usersColumns: ColumnClasses<UsersTable> = {
  id: "metadata",
  email: "sensitive",
  displayName: "sensitive",
  passwordHash: "sensitive",
  emailVerifiedAt: "metadata",
  isSuperAdmin: "metadata",
  isConfiguredSuperAdmin: "metadata",
  disabledAt: "metadata",
  disabledReason: "metadata",
  createdAt: "metadata",
};
