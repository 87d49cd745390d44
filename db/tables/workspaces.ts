// The tenant: agents, keys, secrets and usage belong to exactly one.
import type { ColumnType, Generated } from "kysely";
import type { ColumnClasses } from "./classes";

export const tiers = ["free", "starter", "pro", "enterprise"] as const;
export type Tier = (typeof tiers)[number];

export type WorkspacesTable = {
  id: string;
  name: string;
  tier: Generated<Tier>;
  disabledAt: Date | null;
  /** The operator's words; null while enabled. */
  disabledReason: Generated<string | null>;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const workspacesColumns: ColumnClasses<WorkspacesTable> = {
  id: "metadata",
  name: "metadata",
  tier: "metadata",
  disabledAt: "metadata",
  disabledReason: "metadata",
  createdAt: "metadata",
};
