// An agent's secret: sealed, write-only; only its name, version and dates ever leave (MISSION F2, F3).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export type AgentSecretsTable = {
  workspaceId: string;
  agentId: string;
  name: string;
  /** Rises by one with every new value, also across an unset. */
  version: number;
  /** AES-256-GCM envelope; null after the secret was unset. */
  sealedValue: Buffer | null;
  updatedBy: string;
  updatedAt: Date;
  lastInjectedAt: Date | null;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const agentSecretsColumns: ColumnClasses<AgentSecretsTable> = {
  workspaceId: "metadata",
  agentId: "metadata",
  name: "metadata",
  version: "metadata",
  sealedValue: "sensitive",
  updatedBy: "metadata",
  updatedAt: "metadata",
  lastInjectedAt: "metadata",
  createdAt: "metadata",
};
