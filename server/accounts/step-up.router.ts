// A fresh proof of who sits at the browser, asked for before a dangerous act (MISSION B7).
import { router } from "~/server/trpc/init";
import { signedInProcedure } from "~/server/trpc/procedures";
import { Done } from "~/server/zod-shapes";
import { beginPasskeyProof } from "./begin-passkey-proof";
import { asking, done } from "./door-answers";
import { listProofWays } from "./list-proof-ways";
import { passkeyCookie } from "./passkey-challenge";
import { UsePasskeyInput } from "./passkeys.contract";
import { proveByMailedCode } from "./prove-by-mailed-code";
import { proveByPasskey } from "./prove-by-passkey";
import { proveByPassword } from "./prove-by-password";
import { proveBySecondFactor } from "./prove-by-second-factor";
import { FactorCodeInput } from "./second-factors.contract";
import { sendProofCode } from "./send-proof-code";
import { ProofWays, ProveMailedCodeInput, ProvePasswordInput } from "./step-up.contract";

export const stepUpRouter = router({
  ways: signedInProcedure.output(ProofWays).query(({ ctx }) => listProofWays(ctx.services, ctx.user)),
  byPassword: signedInProcedure
    .input(ProvePasswordInput)
    .output(Done)
    .mutation(({ ctx, input }) => done(proveByPassword(ctx.services, ctx.user, { ...input, visitor: ctx.request }))),
  bySecondFactor: signedInProcedure
    .input(FactorCodeInput)
    .output(Done)
    .mutation(({ ctx, input }) => done(proveBySecondFactor(ctx.services, ctx.user, { ...input, visitor: ctx.request }))),
  sendCode: signedInProcedure.output(Done).mutation(({ ctx }) => done(sendProofCode(ctx.services, ctx.user, ctx.request))),
  byMailedCode: signedInProcedure
    .input(ProveMailedCodeInput)
    .output(Done)
    .mutation(({ ctx, input }) => done(proveByMailedCode(ctx.services, ctx.user, { ...input, visitor: ctx.request }))),
  beginPasskey: signedInProcedure.mutation(({ ctx }) => asking(ctx, beginPasskeyProof(ctx.services, ctx.user, ctx.request))),
  byPasskey: signedInProcedure
    .input(UsePasskeyInput)
    .output(Done)
    .mutation(({ ctx, input }) => {
      const browser = passkeyCookie(ctx.services.config).read(ctx.cookieHeader);
      return done(proveByPasskey(ctx.services, ctx.user, { ...input, browser, visitor: ctx.request }));
    }),
});
