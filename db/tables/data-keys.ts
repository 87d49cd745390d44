// One data key per workspace, wrapped by the key-encryption key; destroying the row shreds all that it sealed (MISSION F3).
import type { ColumnType, Generated } from "kysely";
import type { ColumnClasses } from "./classes";

export type DataKeysTable = {
  /** A workspace id, or `platform` for what belongs to no workspace. */
  ownerId: string;
  /** Which key-encryption key wrapped it. */
  kekId: string;
  wrappedKey: Buffer;
  createdAt: ColumnType<Date, Date | undefined, never>;
  rewrappedAt: Date | null;
  /** Rises by one with each key that replaces the one before. */
  generation: Generated<number>;
  /** The key before this one, sealed under this one, while values are still sealed under it. */
  formerKey: ColumnType<Buffer | null, Buffer | null | undefined, Buffer | null>;
  /** When this key replaced the one before. */
  renewedAt: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** Values sealed anew since then; counted in the transaction of each. */
  valuesResealed: Generated<number>;
  /** Values that the last pass could not open: they were altered before. */
  valuesStuck: Generated<number>;
  /** When a pass had looked at every value. */
  passedAt: ColumnType<Date | null, Date | null | undefined, Date | null>;
};

export const dataKeysColumns: ColumnClasses<DataKeysTable> = {
  ownerId: "metadata",
  kekId: "metadata",
  wrappedKey: "sensitive",
  createdAt: "metadata",
  rewrappedAt: "metadata",
  generation: "metadata",
  formerKey: "sensitive",
  renewedAt: "metadata",
  valuesResealed: "metadata",
  valuesStuck: "metadata",
  passedAt: "metadata",
};
