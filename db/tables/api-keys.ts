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
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
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
  expiresAt: "metadata",
  lastUsedAt: "metadata",
  revokedAt: "metadata",
  createdAt: "metadata",
};
