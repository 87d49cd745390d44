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
  /** When its owner wants it replaced: people are reminded, nothing stops. */
  expiresAt: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** The last reminder that was sent: so many days ahead. */
  expiryToldDays: ColumnType<number | null, number | null | undefined, number | null>;
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
  expiresAt: "metadata",
  expiryToldDays: "metadata",
  createdAt: "metadata",
};
