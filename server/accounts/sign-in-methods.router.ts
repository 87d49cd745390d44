// Ways in that others vouch for: begun and finished by browsers at the door, connected and disconnected on the account page.
import { z } from "zod";
import { offeredProviders } from "~/server/auth/oauth/oauth-providers";
import { attemptCookie } from "~/server/auth/oauth/sign-in-attempt";
import type { Context } from "~/server/trpc/context";
import { router } from "~/server/trpc/init";
import { provenProcedure, publicProcedure, signedInProcedure } from "~/server/trpc/procedures";
import { Done } from "~/server/zod-shapes";
import { beginProviderSignIn, type LeavingForProvider } from "./begin-provider-sign-in";
import { disconnectIdentity } from "./disconnect-identity";
import { finishProviderSignIn } from "./finish-provider-sign-in";
import { listSignInMethods } from "./list-sign-in-methods";
import {
  BeginProviderInput,
  DisconnectIdentityInput,
  FinishProviderInput,
  Leaving,
  OfferedProviderItem,
  ProviderFinished,
  SignInMethods,
} from "./sign-in-methods.contract";

export const signInMethodsRouter = router({
  offered: publicProcedure.output(z.array(OfferedProviderItem)).query(({ ctx }) => offeredProviders(ctx.services)),
  begin: publicProcedure
    .input(BeginProviderInput)
    .output(Leaving)
    .mutation(({ ctx, input }) => leaving(ctx, beginProviderSignIn(ctx.services, ctx.request, input))),
  finish: publicProcedure
    .input(FinishProviderInput)
    .output(ProviderFinished)
    .mutation(async ({ ctx, input }) => {
      // Whatever comes of it, this browser has no sign-in under way any more.
      ctx.setCookie(attemptCookie(ctx.services.config).clear());
      const principal = await ctx.principal();
      const sessionIdHash = principal?.kind === "user" ? principal.sessionIdHash : null;
      const caller = { ...ctx.request, sessionIdHash, cookieHeader: ctx.cookieHeader ?? null };
      const { setCookie, ...finished } = await finishProviderSignIn(ctx.services, caller, input);
      if (setCookie) ctx.setCookie(setCookie);
      return finished;
    }),
  mine: signedInProcedure.output(SignInMethods).query(({ ctx }) => listSignInMethods(ctx.services, ctx.user)),
  connect: provenProcedure
    .input(BeginProviderInput)
    .output(Leaving)
    .mutation(({ ctx, input }) => leaving(ctx, beginProviderSignIn(ctx.services, ctx.request, input, ctx.user.sessionIdHash))),
  disconnect: provenProcedure
    .input(DisconnectIdentityInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await disconnectIdentity(ctx.services, ctx.user, { ...input, visitor: ctx.request });
      return { done: true };
    }),
});

async function leaving(ctx: Context, act: Promise<LeavingForProvider>): Promise<z.infer<typeof Leaving>> {
  const { location, setCookie } = await act;
  ctx.setCookie(setCookie);
  return { location };
}
