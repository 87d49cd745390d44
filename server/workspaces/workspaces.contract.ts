// The words of workspaces and their members, shared with the browser.
import { z } from "zod";
import { roles } from "~/db/tables/memberships";
import { tiers } from "~/db/tables/workspaces";
import { Moment } from "~/server/zod-shapes";

export const WorkspaceItem = z.object({
  workspaceId: z.string(),
  name: z.string(),
  tier: z.enum(tiers),
  role: z.enum(roles),
  createdAt: Moment,
});
export type WorkspaceItem = z.infer<typeof WorkspaceItem>;

export const MemberItem = z.object({
  userId: z.string(),
  email: z.string(),
  displayName: z.string(),
  role: z.enum(roles),
  joinedAt: Moment,
});
export type MemberItem = z.infer<typeof MemberItem>;

export const WorkspaceName = z.string().trim().min(1, "Give the workspace a name.").max(60, "Use at most 60 characters.");
export const RenameWorkspaceInput = z.object({ name: WorkspaceName });
