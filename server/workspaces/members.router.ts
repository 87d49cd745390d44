// Members, their roles and their grants: people's own business, so no key gets in.
import { router } from "~/server/trpc/init";
import { provenWorkspaceProcedure, workspaceProcedure } from "~/server/trpc/procedures";
import { Done } from "~/server/zod-shapes";
import { describeRoles } from "./describe-roles";
import { getMember } from "./get-member";
import { leaveWorkspace } from "./leave-workspace";
import { MemberInput, MemberItem, RoleTable, SetMemberGrantInput, SetMemberRoleInput } from "./members.contract";
import { removeMember } from "./remove-member";
import { setMemberGrant } from "./set-member-grant";
import { setMemberRole } from "./set-member-role";
import { transferWorkspace } from "./transfer-workspace";

const done = { done: true } as const;

export const membersRouter = router({
  roles: workspaceProcedure("member.read")
    .output(RoleTable)
    .query(({ ctx }) => describeRoles(ctx.scope)),
  get: workspaceProcedure("member.read")
    .input(MemberInput)
    .output(MemberItem)
    .query(({ ctx, input }) => getMember(ctx.services, ctx.scope, input)),
  setRole: workspaceProcedure("member.manage")
    .input(SetMemberRoleInput)
    .output(MemberItem)
    .mutation(({ ctx, input }) => setMemberRole(ctx.services, ctx.scope, input)),
  setGrant: workspaceProcedure("grant.manage")
    .input(SetMemberGrantInput)
    .output(MemberItem)
    .mutation(({ ctx, input }) => setMemberGrant(ctx.services, ctx.scope, input)),
  remove: workspaceProcedure("member.manage")
    .input(MemberInput)
    .output(Done)
    .mutation(({ ctx, input }) => removeMember(ctx.services, ctx.scope, input).then(() => done)),
  leave: workspaceProcedure("workspace.leave")
    .output(Done)
    .mutation(({ ctx }) => leaveWorkspace(ctx.services, ctx.scope).then(() => done)),
  transfer: provenWorkspaceProcedure("workspace.transfer")
    .input(MemberInput)
    .output(Done)
    .mutation(({ ctx, input }) => transferWorkspace(ctx.services, ctx.scope, input).then(() => done)),
});
