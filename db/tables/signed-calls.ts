// Secrets by which the holder of an API key signs calls, sealed; and the nonces that were used within the window (MISSION E7).
import type { ColumnClasses } from "./classes";

export type SigningSecretsTable = {
  id: string;
  workspaceId: string;
  keyId: string;
  sealedSecret: Buffer;
  /** The first characters, enough to tell it from the others. */
  hint: string;
  createdBy: string;
  createdAt: Date;
  lastUsedAt: Date | null;
};

export const signingSecretsColumns: ColumnClasses<SigningSecretsTable> = {
  id: "metadata",
  workspaceId: "metadata",
  keyId: "metadata",
  sealedSecret: "sensitive",
  hint: "metadata",
  createdBy: "metadata",
  createdAt: "metadata",
  lastUsedAt: "metadata",
};

export type RequestNoncesTable = {
  workspaceId: string;
  keyId: string;
  nonceHash: string;
  expiresAt: Date;
};

export const requestNoncesColumns: ColumnClasses<RequestNoncesTable> = {
  workspaceId: "metadata",
  keyId: "metadata",
  nonceHash: "metadata",
  expiresAt: "metadata",
};
