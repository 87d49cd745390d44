// Accounts, knocked at by browsers only: a key acts for a workspace, never for a person.
import { z } from "zod";
import { router } from "~/server/trpc/init";
import {
  operatorProcedure,
  provenOperatorProcedure,
  provenProcedure,
  publicProcedure,
  signedInProcedure,
} from "~/server/trpc/procedures";
import { Done, pageOf } from "~/server/zod-shapes";
import {
  ChangePasswordInput,
  DisplayNameInput,
  Entry,
  Me,
  OutboxItem,
  OutboxQuery,
  RequestPasswordResetInput,
  ResendVerificationInput,
  ResetPasswordInput,
  RetryMailInput,
  RevokeSessionInput,
  SessionItem,
  SetPasswordInput,
  SignInInput,
  SignInLinkInput,
  SignUpInput,
  VerifyEmailInput,
} from "./accounts.contract";
import { changePassword } from "./change-password";
import { callerOf, done, entering, setting } from "./door-answers";
import { listOutbox } from "./list-outbox";
import { listSessions } from "./list-sessions";
import { requestPasswordReset } from "./request-password-reset";
import { resendVerification } from "./resend-verification";
import { resetPassword } from "./reset-password";
import { retryMail } from "./retry-mail";
import { revokeAllSessions } from "./revoke-all-sessions";
import { revokeSession } from "./revoke-session";
import { setPassword } from "./set-password";
import { signIn } from "./sign-in";
import { signInByLink } from "./sign-in-by-link";
import { signOut } from "./sign-out";
import { signUp } from "./sign-up";
import { updateProfile } from "./update-profile";
import { verifyEmail } from "./verify-email";

export const accountsRouter = router({
  signUp: publicProcedure
    .input(SignUpInput)
    .output(Done)
    .mutation(({ ctx, input }) => done(signUp(ctx.services, ctx.request, input))),
  verifyEmail: publicProcedure
    .input(VerifyEmailInput)
    .output(Entry)
    .mutation(async ({ ctx, input }) => entering(ctx, verifyEmail(ctx.services, await callerOf(ctx), input))),
  resendVerification: publicProcedure
    .input(ResendVerificationInput)
    .output(Done)
    .mutation(({ ctx, input }) => done(resendVerification(ctx.services, ctx.request, input))),
  signIn: publicProcedure
    .input(SignInInput)
    .output(Entry)
    .mutation(async ({ ctx, input }) => entering(ctx, signIn(ctx.services, await callerOf(ctx), input))),
  signInByLink: publicProcedure
    .input(SignInLinkInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => setting(ctx, signInByLink(ctx.services, await callerOf(ctx), input))),
  requestPasswordReset: publicProcedure
    .input(RequestPasswordResetInput)
    .output(Done)
    .mutation(({ ctx, input }) => done(requestPasswordReset(ctx.services, ctx.request, input))),
  resetPassword: publicProcedure
    .input(ResetPasswordInput)
    .output(Entry)
    .mutation(async ({ ctx, input }) => entering(ctx, resetPassword(ctx.services, await callerOf(ctx), input))),
  signOut: signedInProcedure.output(Done).mutation(({ ctx }) => setting(ctx, signOut(ctx.services, ctx.user, ctx.request))),
  me: signedInProcedure.output(Me).query(({ ctx }) => ctx.user),
  updateProfile: signedInProcedure
    .input(DisplayNameInput)
    .output(Done)
    .mutation(({ ctx, input }) => done(updateProfile(ctx.services, ctx.user, { ...input, visitor: ctx.request }))),
  sessions: signedInProcedure.output(z.array(SessionItem)).query(({ ctx }) => listSessions(ctx.services, ctx.user)),
  revokeSession: signedInProcedure
    .input(RevokeSessionInput)
    .output(Done)
    .mutation(({ ctx, input }) => done(revokeSession(ctx.services, ctx.user, { ...input, visitor: ctx.request }))),
  revokeAllSessions: signedInProcedure
    .output(Done)
    .mutation(({ ctx }) => setting(ctx, revokeAllSessions(ctx.services, ctx.user, ctx.request))),
  changePassword: signedInProcedure
    .input(ChangePasswordInput)
    .output(Done)
    .mutation(({ ctx, input }) => setting(ctx, changePassword(ctx.services, ctx.user, { ...input, visitor: ctx.request }))),
  setPassword: provenProcedure
    .input(SetPasswordInput)
    .output(Done)
    .mutation(({ ctx, input }) => setting(ctx, setPassword(ctx.services, ctx.user, { ...input, visitor: ctx.request }))),
  /** Held letters carry links that let in: a fresh proof, or an open browser could read its way around every other one. */
  outbox: provenOperatorProcedure
    .input(OutboxQuery)
    .output(pageOf(OutboxItem))
    .query(({ ctx, input }) => listOutbox(ctx.services, ctx.user, { ...input, visitor: ctx.request })),
  retryMail: operatorProcedure
    .input(RetryMailInput)
    .output(Done)
    .mutation(({ ctx, input }) => done(retryMail(ctx.services, ctx.user, { ...input, visitor: ctx.request }))),
});
