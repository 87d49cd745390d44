// A conversation: bound by the platform to one principal, one agent and one deployment (MISSION E1).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export type AgentSessionsTable = {
  id: string;
  workspaceId: string;
  agentId: string;
  deploymentId: string;
  /** `user:usr_…` or `api_key:key_…`: nobody else can continue it. */
  principal: string;
  lastUsedAt: Date;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const agentSessionsColumns: ColumnClasses<AgentSessionsTable> = {
  id: "metadata",
  workspaceId: "metadata",
  agentId: "metadata",
  deploymentId: "metadata",
  principal: "metadata",
  lastUsedAt: "metadata",
  createdAt: "metadata",
};
