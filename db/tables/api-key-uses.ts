// What each key was last used for and when, to the minute: by this a key that may do more than it does is found.
import type { ColumnClasses } from "./classes";

export type ApiKeyUsesTable = {
  workspaceId: string;
  keyId: string;
  /** One of the actions of `server/auth/permissions.ts`. */
  action: string;
  lastUsedAt: Date;
};

export const apiKeyUsesColumns: ColumnClasses<ApiKeyUsesTable> = {
  workspaceId: "metadata",
  keyId: "metadata",
  action: "metadata",
  lastUsedAt: "metadata",
};
