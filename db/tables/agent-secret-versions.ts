// The history of an agent's secrets: who set which version, how it ended, and when an agent was last given it. Never a value.
import type { ColumnClasses } from "./classes";

export const secretEndings = ["replaced", "unset"] as const;
export type SecretEnding = (typeof secretEndings)[number];

export type AgentSecretVersionsTable = {
  workspaceId: string;
  agentId: string;
  name: string;
  version: number;
  setBy: string;
  setAt: Date;
  /** Null while it is the current one. */
  endedBy: string | null;
  endedAt: Date | null;
  endedHow: SecretEnding | null;
  lastInjectedAt: Date | null;
};

export const agentSecretVersionsColumns: ColumnClasses<AgentSecretVersionsTable> = {
  workspaceId: "metadata",
  agentId: "metadata",
  name: "metadata",
  version: "metadata",
  setBy: "metadata",
  setAt: "metadata",
  endedBy: "metadata",
  endedAt: "metadata",
  endedHow: "metadata",
  lastInjectedAt: "metadata",
};
