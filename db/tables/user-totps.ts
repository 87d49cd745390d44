// A person's authenticator app (RFC 6238). Begun with a secret, in force once a code of it was shown (MISSION B7).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export type UserTotpsTable = {
  userId: string;
  /** Counts the secrets this person had; bound into the seal. */
  version: number;
  sealedSecret: Buffer;
  /** Null: begun, not in force yet. */
  confirmedAt: Date | null;
  /** The time step of the last accepted code: none of it or before it is accepted again. */
  lastStep: number | null;
  createdAt: ColumnType<Date, Date | undefined, Date>;
};

export const userTotpsColumns: ColumnClasses<UserTotpsTable> = {
  userId: "metadata",
  version: "metadata",
  sealedSecret: "sensitive",
  confirmedAt: "metadata",
  lastStep: "metadata",
  createdAt: "metadata",
};
