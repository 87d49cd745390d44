// What one member may configure beside their role: an area that is given to them, or taken from them (MISSION A6).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export const grantAreas = ["integrations", "billing", "agent_behaviour"] as const;
export type GrantArea = (typeof grantAreas)[number];

export type MemberGrantsTable = {
  workspaceId: string;
  userId: string;
  area: GrantArea;
  /** True: allowed beside the role. False: withheld although the role allows it. No row: as the role says. */
  isGranted: boolean;
  setBy: string;
  setAt: ColumnType<Date, Date | undefined, Date>;
};

export const memberGrantsColumns: ColumnClasses<MemberGrantsTable> = {
  workspaceId: "metadata",
  userId: "metadata",
  area: "metadata",
  isGranted: "metadata",
  setBy: "metadata",
  setAt: "metadata",
};
