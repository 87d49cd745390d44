// A change of address: asked for by its person, agreed to by both mailboxes.
import { router } from "~/server/trpc/init";
import { provenProcedure, publicProcedure, signedInProcedure } from "~/server/trpc/procedures";
import { Done } from "~/server/zod-shapes";
import { cancelEmailChange } from "./cancel-email-change";
import { confirmEmailChange } from "./confirm-email-change";
import { done } from "./door-answers";
import { ConfirmEmailChangeInput, EmailChangeItem, EmailChangeOutcome, RequestEmailChangeInput } from "./email-changes.contract";
import { findEmailChange } from "./find-email-change";
import { requestEmailChange } from "./request-email-change";

export const emailChangesRouter = router({
  pending: signedInProcedure.output(EmailChangeItem.nullable()).query(({ ctx }) => findEmailChange(ctx.services, ctx.user)),
  request: provenProcedure
    .input(RequestEmailChangeInput)
    .output(Done)
    .mutation(({ ctx, input }) => done(requestEmailChange(ctx.services, ctx.user, { ...input, visitor: ctx.request }))),
  cancel: signedInProcedure.output(Done).mutation(({ ctx }) => done(cancelEmailChange(ctx.services, ctx.user, ctx.request))),
  confirm: publicProcedure
    .input(ConfirmEmailChangeInput)
    .output(EmailChangeOutcome)
    .mutation(async ({ ctx, input }) => ({ outcome: await confirmEmailChange(ctx.services, ctx.request, input) })),
});
