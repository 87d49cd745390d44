// Who somebody is at Google, GitHub or another issuer, and which person of ours that is (MISSION B1).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export type ExternalIdentitiesTable = {
  id: string;
  /** `github`, or the issuer's address: the subjects of another issuer are other people. */
  provider: string;
  /** The provider's own name for the person; never changes. Unique with `provider`. */
  subject: string;
  userId: string;
  /** The address as the provider told it last; only shown. */
  email: string | null;
  createdAt: ColumnType<Date, Date | undefined, never>;
  lastUsedAt: Date | null;
};

export const externalIdentitiesColumns: ColumnClasses<ExternalIdentitiesTable> = {
  id: "metadata",
  provider: "metadata",
  subject: "sensitive",
  userId: "metadata",
  email: "sensitive",
  createdAt: "metadata",
  lastUsedAt: "metadata",
};
