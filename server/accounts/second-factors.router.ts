// The second factor: turned on and off by its person, shown at the end of a sign-in.
import { router } from "~/server/trpc/init";
import { provenProcedure, publicProcedure, signedInProcedure } from "~/server/trpc/procedures";
import { Done } from "~/server/zod-shapes";
import { beginSecondFactor } from "./begin-second-factor";
import { callerOf, done, setting } from "./door-answers";
import { findPendingSignIn } from "./find-pending-sign-in";
import { finishSignIn } from "./finish-sign-in";
import { pendingSignInCookie } from "./pending-sign-in";
import { readSecondFactor } from "./read-second-factor";
import { renewRecoveryCodes } from "./renew-recovery-codes";
import { FactorCodeInput, PendingSignIn, RecoveryCodes, SecondFactorOffer, SecondFactorStatus } from "./second-factors.contract";
import { turnOffSecondFactor } from "./turn-off-second-factor";
import { turnOnSecondFactor } from "./turn-on-second-factor";

export const secondFactorsRouter = router({
  status: signedInProcedure.output(SecondFactorStatus).query(({ ctx }) => readSecondFactor(ctx.services, ctx.user)),
  begin: provenProcedure.output(SecondFactorOffer).mutation(({ ctx }) => beginSecondFactor(ctx.services, ctx.user)),
  turnOn: provenProcedure
    .input(FactorCodeInput)
    .output(RecoveryCodes)
    .mutation(({ ctx, input }) => turnOnSecondFactor(ctx.services, ctx.user, { ...input, visitor: ctx.request })),
  turnOff: provenProcedure.output(Done).mutation(({ ctx }) => done(turnOffSecondFactor(ctx.services, ctx.user, ctx.request))),
  renewCodes: provenProcedure
    .output(RecoveryCodes)
    .mutation(({ ctx }) => renewRecoveryCodes(ctx.services, ctx.user, ctx.request)),
  /** The sign-in of this browser that waits for its code. */
  pending: publicProcedure.output(PendingSignIn.nullable()).query(({ ctx }) => {
    return findPendingSignIn(ctx.services, pendingSignInCookie(ctx.services.config).read(ctx.cookieHeader));
  }),
  finishSignIn: publicProcedure
    .input(FactorCodeInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      const cookie = pendingSignInCookie(ctx.services.config);
      const act = { ...input, pendingSignIn: cookie.read(ctx.cookieHeader) };
      const answer = await setting(ctx, finishSignIn(ctx.services, await callerOf(ctx), act));
      ctx.setCookie(cookie.clear());
      return answer;
    }),
});
