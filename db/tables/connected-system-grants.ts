// Who may reach a connected system, and what of it: nobody does without a row here (MISSION A6).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";
import type { Role } from "./memberships";

export const systemAccesses = ["use", "read_data", "configure"] as const;
export type SystemAccess = (typeof systemAccesses)[number];

export type ConnectedSystemGrantsTable = {
  id: string;
  workspaceId: string;
  systemId: string;
  /** Exactly one of these two is set: one member, or everybody with a role. */
  userId: string | null;
  role: Role | null;
  access: SystemAccess;
  grantedBy: string;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const connectedSystemGrantsColumns: ColumnClasses<ConnectedSystemGrantsTable> = {
  id: "metadata",
  workspaceId: "metadata",
  systemId: "metadata",
  userId: "metadata",
  role: "metadata",
  access: "metadata",
  grantedBy: "metadata",
  createdAt: "metadata",
};
