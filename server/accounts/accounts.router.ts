// Accounts, knocked at by browsers only: a key acts for a workspace, never for a person.
import { z } from "zod";
import type { Context } from "~/server/trpc/context";
import { router } from "~/server/trpc/init";
import { operatorProcedure, publicProcedure, signedInProcedure } from "~/server/trpc/procedures";
import { Done, PageQuery, pageOf } from "~/server/zod-shapes";
import {
  ChangePasswordInput,
  Me,
  OutboxItem,
  RequestPasswordResetInput,
  ResendVerificationInput,
  ResetPasswordInput,
  RevokeSessionInput,
  SessionItem,
  SignInInput,
  SignInLinkInput,
  SignUpInput,
  VerifyEmailInput,
} from "./accounts.contract";
import type { Caller, SignedIn } from "./begin-session";
import { changePassword } from "./change-password";
import { listOutbox } from "./list-outbox";
import { listSessions } from "./list-sessions";
import { requestPasswordReset } from "./request-password-reset";
import { resendVerification } from "./resend-verification";
import { resetPassword } from "./reset-password";
import { revokeAllSessions } from "./revoke-all-sessions";
import { revokeSession } from "./revoke-session";
import { signIn } from "./sign-in";
import { signInByLink } from "./sign-in-by-link";
import { signOut } from "./sign-out";
import { signUp } from "./sign-up";
import { verifyEmail } from "./verify-email";

export const accountsRouter = router({
  signUp: publicProcedure
    .input(SignUpInput)
    .output(Done)
    .mutation(({ ctx, input }) => done(signUp(ctx.services, ctx.request, input))),
  verifyEmail: publicProcedure
    .input(VerifyEmailInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => setting(ctx, verifyEmail(ctx.services, await callerOf(ctx), input))),
  resendVerification: publicProcedure
    .input(ResendVerificationInput)
    .output(Done)
    .mutation(({ ctx, input }) => done(resendVerification(ctx.services, ctx.request, input))),
  signIn: publicProcedure
    .input(SignInInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => setting(ctx, signIn(ctx.services, await callerOf(ctx), input))),
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
    .output(Done)
    .mutation(async ({ ctx, input }) => setting(ctx, resetPassword(ctx.services, await callerOf(ctx), input))),
  signOut: signedInProcedure.output(Done).mutation(({ ctx }) => setting(ctx, signOut(ctx.services, ctx.user, ctx.request))),
  me: signedInProcedure.output(Me).query(({ ctx }) => ctx.user),
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
  outbox: operatorProcedure
    .input(PageQuery)
    .output(pageOf(OutboxItem))
    .query(({ ctx, input }) => listOutbox(ctx.services, ctx.user, { ...input, visitor: ctx.request })),
});

async function done(act: Promise<void>): Promise<z.infer<typeof Done>> {
  await act;
  return { done: true };
}

async function setting(ctx: Context, act: Promise<SignedIn>): Promise<z.infer<typeof Done>> {
  ctx.setCookie((await act).setCookie);
  return { done: true };
}

/** The session this browser still holds ends when a new one begins. */
async function callerOf(ctx: Context): Promise<Caller> {
  const principal = await ctx.principal();
  return { ...ctx.request, sessionIdHash: principal?.kind === "user" ? principal.sessionIdHash : null };
}
