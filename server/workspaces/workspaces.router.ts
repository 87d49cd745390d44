// Workspaces, knocked at by people and keys.
import { z } from "zod";
import { router } from "~/server/trpc/init";
import { signedInProcedure, workspaceProcedure } from "~/server/trpc/procedures";
import { PageQuery, pageOf } from "~/server/zod-shapes";
import { addWorkspace } from "./add-workspace";
import { getWorkspace } from "./get-workspace";
import { listMembers } from "./list-members";
import { MemberItem } from "./members.contract";
import { renameWorkspace } from "./rename-workspace";
import { CreateWorkspaceInput, CurrentWorkspace, MyWorkspaceItem, RenameWorkspaceInput } from "./workspaces.contract";
import { listWorkspacesOfUserAcrossWorkspaces } from "./workspaces.queries";

const mineMax = 100;

export const workspacesRouter = router({
  /** The caller's own workspaces, the one they land in first. */
  mine: signedInProcedure
    .output(z.array(MyWorkspaceItem))
    .query(({ ctx }) => listWorkspacesOfUserAcrossWorkspaces(ctx.services.across, ctx.user.userId, mineMax)),
  create: signedInProcedure
    .input(CreateWorkspaceInput)
    .output(z.object({ workspaceId: z.string() }))
    .mutation(async ({ ctx, input }) => ({
      workspaceId: await addWorkspace(ctx.services, ctx.user, { ...input, visitor: ctx.request }),
    })),
  current: workspaceProcedure("workspace.read")
    .meta({ openapi: { method: "GET", path: "/workspace", summary: "The workspace of the key", tags: ["Workspace"] } })
    .input(z.object({}))
    .output(CurrentWorkspace)
    .query(({ ctx }) => getWorkspace(ctx.services, ctx.scope)),
  rename: workspaceProcedure("workspace.configure")
    .meta({ openapi: { method: "PATCH", path: "/workspace", summary: "Rename the workspace", tags: ["Workspace"] } })
    .input(RenameWorkspaceInput)
    .output(CurrentWorkspace)
    .mutation(({ ctx, input }) => renameWorkspace(ctx.services, ctx.scope, input)),
  members: workspaceProcedure("member.read")
    .meta({ openapi: { method: "GET", path: "/members", summary: "List the members", tags: ["Workspace"] } })
    .input(PageQuery)
    .output(pageOf(MemberItem))
    .query(({ ctx, input }) => listMembers(ctx.services, ctx.scope, input)),
});
