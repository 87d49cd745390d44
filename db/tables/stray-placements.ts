// Where a runtime and the rows differ: what is placed and no deployment owns, and what a deployment owns and is not placed.
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";
import type { Runtime } from "./deployments";

/**
 * `orphan`: placed, and its deployment is over, or went with an agent that was purged here. `stranger`: placed, and this database has never
 * heard of its workspace or its deployment. `lost`: a version that could be called, and its runtime does not know it.
 */
export const strayKinds = ["orphan", "stranger", "lost"] as const;
export type StrayKind = (typeof strayKinds)[number];

/** `gone`: it was in order again by itself. */
export const strayOutcomes = ["destroyed", "placed_again", "gone"] as const;
export type StrayOutcome = (typeof strayOutcomes)[number];

export type StrayPlacementsTable = {
  runtime: Runtime;
  /** As the runtime's tags say; these need not be ids of ours, so they reference nothing. */
  foundDeploymentId: string;
  foundAgentId: string;
  foundWorkspaceId: string;
  kind: StrayKind;
  firstSeenAt: Date;
  seenAt: Date;
  settledAt: ColumnType<Date | null, Date | null | undefined, Date | null>;
  outcome: ColumnType<StrayOutcome | null, StrayOutcome | null | undefined, StrayOutcome | null>;
  /** Safe words: why it could not be settled yet. */
  failure: ColumnType<string | null, string | null | undefined, string | null>;
};

export const strayPlacementsColumns: ColumnClasses<StrayPlacementsTable> = {
  runtime: "metadata",
  foundDeploymentId: "metadata",
  foundAgentId: "metadata",
  foundWorkspaceId: "metadata",
  kind: "metadata",
  firstSeenAt: "metadata",
  seenAt: "metadata",
  settledAt: "metadata",
  outcome: "metadata",
  failure: "metadata",
};
