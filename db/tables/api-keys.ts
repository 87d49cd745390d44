// Keys by which machines act for a workspace; shown once, kept only as a SHA-256 (MISSION E4).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export const apiKeyPresets = ["invoke", "deploy", "read", "all"] as const;
export type ApiKeyPreset = (typeof apiKeyPresets)[number];

export type ApiKeysTable = {
  id: string;
  workspaceId: string;
  name: string;
  preset: ApiKeyPreset;
  /** The first characters, enough to recognise the key by. */
  prefix: string;
  secretHash: string;
  createdBy: string;
  /** Then `api_key_agents` names them; a key whose agents are all gone may touch none. */
  isLimitedToAgents: ColumnType<boolean, boolean | undefined, boolean>;
  callsPerMinuteMax: number | null;
  /** Per UTC month. */
  callsPerMonthMax: number | null;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
  /** The key that this one was made for; a key has one successor at most. */
  replacesKeyId: string | null;
  /** When the successor was made. From then on until `overlapEndsAt` both work. */
  rerolledAt: Date | null;
  overlapEndsAt: Date | null;
  /** How often it was used since its successor was made. */
  overlapUses: ColumnType<number, number | undefined, number>;
  /** Reported as seen in public; revoked with it. */
  leakedAt: Date | null;
  /** When the letters about that were written. */
  leakToldAt: Date | null;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const apiKeysColumns: ColumnClasses<ApiKeysTable> = {
  id: "metadata",
  workspaceId: "metadata",
  name: "metadata",
  preset: "metadata",
  prefix: "metadata",
  secretHash: "sensitive",
  createdBy: "metadata",
  isLimitedToAgents: "metadata",
  callsPerMinuteMax: "metadata",
  callsPerMonthMax: "metadata",
  expiresAt: "metadata",
  lastUsedAt: "metadata",
  revokedAt: "metadata",
  replacesKeyId: "metadata",
  rerolledAt: "metadata",
  overlapEndsAt: "metadata",
  overlapUses: "metadata",
  leakedAt: "metadata",
  leakToldAt: "metadata",
  createdAt: "metadata",
};
