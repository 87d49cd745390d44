// When each of the webhook secrets was used: after a rotation the old one may go once it falls silent (MISSION F4, F7).
import type { ColumnClasses } from "./classes";

export type WebhookSecretUsesTable = {
  /** The first eight bytes of a SHA-256: enough to tell secrets apart, useless otherwise. */
  fingerprint: string;
  firstUsedAt: Date;
  lastUsedAt: Date;
};

export const webhookSecretUsesColumns: ColumnClasses<WebhookSecretUsesTable> = {
  fingerprint: "metadata",
  firstUsedAt: "metadata",
  lastUsedAt: "metadata",
};
