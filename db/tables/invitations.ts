// Somebody was asked by mail to join a workspace; only the SHA-256 of the letter's token is kept (MISSION A7).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

/** An owner is made of somebody who is there already, never by letter. */
export const invitableRoles = ["admin", "member", "support", "viewer"] as const;
export type InvitableRole = (typeof invitableRoles)[number];

export type InvitationsTable = {
  id: string;
  workspaceId: string;
  /** Normalised as addresses of accounts are: only the account with this very address may accept. */
  email: string;
  role: InvitableRole;
  tokenHash: string;
  invitedBy: string;
  /** When the latest letter went out; it holds the only token that works. */
  sentAt: Date;
  expiresAt: Date;
  acceptedAt: Date | null;
  acceptedBy: string | null;
  revokedAt: Date | null;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const invitationsColumns: ColumnClasses<InvitationsTable> = {
  id: "metadata",
  workspaceId: "metadata",
  email: "sensitive",
  role: "metadata",
  tokenHash: "sensitive",
  invitedBy: "metadata",
  sentAt: "metadata",
  expiresAt: "metadata",
  acceptedAt: "metadata",
  acceptedBy: "metadata",
  revokedAt: "metadata",
  createdAt: "metadata",
};
