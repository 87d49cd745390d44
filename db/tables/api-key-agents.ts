// The agents that a key is limited to.
import type { ColumnClasses } from "./classes";

export type ApiKeyAgentsTable = { workspaceId: string; keyId: string; agentId: string };

export const apiKeyAgentsColumns: ColumnClasses<ApiKeyAgentsTable> = {
  workspaceId: "metadata",
  keyId: "metadata",
  agentId: "metadata",
};
