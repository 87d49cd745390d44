// An agent's variable: a value that is no secret, shown to whoever configures the agent, given to it beside the secrets.
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export type AgentVariablesTable = {
  workspaceId: string;
  agentId: string;
  /** Never the name of a secret that is set: a trigger keeps them apart. */
  name: string;
  /** Rises by one with every new value, also across an unset. */
  version: number;
  /** At most 4 KiB; null after it was unset. */
  value: string | null;
  updatedBy: string;
  updatedAt: Date;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const agentVariablesColumns: ColumnClasses<AgentVariablesTable> = {
  workspaceId: "metadata",
  agentId: "metadata",
  name: "metadata",
  version: "metadata",
  value: "metadata",
  updatedBy: "metadata",
  updatedAt: "metadata",
  createdAt: "metadata",
};
