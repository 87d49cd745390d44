// The words of workspaces, shared with the browser.
import { z } from "zod";
import { roles } from "~/db/tables/memberships";
import { tiers } from "~/db/tables/workspaces";
import { isPlainName, Moment } from "~/server/zod-shapes";

export const WorkspaceItem = z.object({
  workspaceId: z.string(),
  name: z.string(),
  tier: z.enum(tiers),
  role: z.enum(roles),
  createdAt: Moment,
});
export type WorkspaceItem = z.infer<typeof WorkspaceItem>;

/** One of the caller's own. While the operator has disabled it, it is listed and cannot be opened. */
export const MyWorkspaceItem = WorkspaceItem.extend({ isDisabled: z.boolean() });
export type MyWorkspaceItem = z.infer<typeof MyWorkspaceItem>;

/** The one that the caller is in, with what the caller may do there: screens leave out what would be refused. */
export const CurrentWorkspace = WorkspaceItem.extend({
  may: z.array(z.string()),
  /** A payment failed: until then the plan stays as it is, or stayed. Null: all is paid. */
  graceEndsAt: Moment.nullable(),
});
export type CurrentWorkspace = z.infer<typeof CurrentWorkspace>;

/** Invitations name it to people who never heard of it. */
export const WorkspaceName = z
  .string()
  .trim()
  .min(1, "Give the workspace a name.")
  .max(60, "Use at most 60 characters.")
  .refine(isPlainName, "Write a name, without links or line breaks.");
export const RenameWorkspaceInput = z.object({ name: WorkspaceName });
export const CreateWorkspaceInput = z.object({ name: WorkspaceName });

/** How many workspaces one person may own. */
export const ownedWorkspacesMax = 20;
