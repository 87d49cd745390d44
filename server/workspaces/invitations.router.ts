// Invitations: sent by those who manage members, looked at by whoever holds the letter, accepted by whom it was for.
import { z } from "zod";
import { router } from "~/server/trpc/init";
import { publicProcedure, signedInProcedure, workspaceProcedure } from "~/server/trpc/procedures";
import { Done } from "~/server/zod-shapes";
import { acceptInvitation } from "./accept-invitation";
import {
  AcceptedInvitation,
  InvitationIdInput,
  InvitationItem,
  InvitationTokenInput,
  InvitationView,
  InviteInput,
} from "./invitations.contract";
import { invitePerson } from "./invite-person";
import { listInvitations } from "./list-invitations";
import { lookAtInvitation } from "./look-at-invitation";
import { resendInvitation } from "./resend-invitation";
import { revokeInvitation } from "./revoke-invitation";

export const invitationsRouter = router({
  list: workspaceProcedure("member.manage")
    .output(z.array(InvitationItem))
    .query(({ ctx }) => listInvitations(ctx.services, ctx.scope)),
  create: workspaceProcedure("member.manage")
    .input(InviteInput)
    .output(InvitationItem)
    .mutation(({ ctx, input }) => invitePerson(ctx.services, ctx.scope, input)),
  resend: workspaceProcedure("member.manage")
    .input(InvitationIdInput)
    .output(InvitationItem)
    .mutation(({ ctx, input }) => resendInvitation(ctx.services, ctx.scope, input)),
  revoke: workspaceProcedure("member.manage")
    .input(InvitationIdInput)
    .output(Done)
    .mutation(({ ctx, input }) => revokeInvitation(ctx.services, ctx.scope, input).then(() => ({ done: true as const }))),
  look: publicProcedure
    .input(InvitationTokenInput)
    .output(InvitationView.nullable())
    .query(async ({ ctx, input }) =>
      lookAtInvitation(ctx.services, { ...input, principal: await ctx.principal(), visitor: ctx.request }),
    ),
  accept: signedInProcedure
    .input(InvitationTokenInput)
    .output(AcceptedInvitation)
    .mutation(async ({ ctx, input }) => ({
      workspaceId: await acceptInvitation(ctx.services, ctx.user, { ...input, visitor: ctx.request }),
    })),
});
