// One data key per workspace, wrapped by the key-encryption key; destroying the row shreds all that it sealed (MISSION F3).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export type DataKeysTable = {
  /** A workspace id, or `platform` for what belongs to no workspace. */
  ownerId: string;
  /** Which key-encryption key wrapped it. */
  kekId: string;
  wrappedKey: Buffer;
  createdAt: ColumnType<Date, Date | undefined, never>;
  rewrappedAt: Date | null;
};

export const dataKeysColumns: ColumnClasses<DataKeysTable> = {
  ownerId: "metadata",
  kekId: "metadata",
  wrappedKey: "sensitive",
  createdAt: "metadata",
  rewrappedAt: "metadata",
};
