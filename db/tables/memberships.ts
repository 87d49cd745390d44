// Which person is in which workspace, and as what (MISSION A5).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export const roles = ["owner", "admin", "member", "support", "viewer"] as const;
export type Role = (typeof roles)[number];

export type MembershipsTable = {
  workspaceId: string;
  userId: string;
  role: Role;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const membershipsColumns: ColumnClasses<MembershipsTable> = {
  workspaceId: "metadata",
  userId: "metadata",
  role: "metadata",
  createdAt: "metadata",
};
