// Passkeys: made and removed by their person, used to sign in.
import { z } from "zod";
import { router } from "~/server/trpc/init";
import { provenProcedure, publicProcedure, signedInProcedure } from "~/server/trpc/procedures";
import { Done } from "~/server/zod-shapes";
import { beginPasskey } from "./begin-passkey";
import { beginPasskeySignIn } from "./begin-passkey-sign-in";
import { asking, callerOf, done, setting } from "./door-answers";
import { listPasskeys } from "./list-passkeys";
import { passkeyCookie } from "./passkey-challenge";
import { passkeySite } from "./passkey-site";
import { PasskeyItem, PasskeyPlace, RegisterPasskeyInput, RemovePasskeyInput, UsePasskeyInput } from "./passkeys.contract";
import { registerPasskey } from "./register-passkey";
import { removePasskey } from "./remove-passkey";
import { signInByPasskey } from "./sign-in-by-passkey";

export const passkeysRouter = router({
  list: signedInProcedure.output(z.array(PasskeyItem)).query(({ ctx }) => listPasskeys(ctx.services, ctx.user)),
  /** The one origin at which browsers offer this site's passkeys. */
  place: publicProcedure.output(PasskeyPlace).query(({ ctx }) => ({ origin: passkeySite(ctx.services.config).origin })),
  begin: provenProcedure.mutation(({ ctx }) => asking(ctx, beginPasskey(ctx.services, ctx.user, ctx.request))),
  register: provenProcedure
    .input(RegisterPasskeyInput)
    .output(PasskeyItem)
    .mutation(({ ctx, input }) => {
      const browser = passkeyCookie(ctx.services.config).read(ctx.cookieHeader);
      return registerPasskey(ctx.services, ctx.user, { ...input, browser, visitor: ctx.request });
    }),
  remove: provenProcedure
    .input(RemovePasskeyInput)
    .output(Done)
    .mutation(({ ctx, input }) => done(removePasskey(ctx.services, ctx.user, { ...input, visitor: ctx.request }))),
  beginSignIn: publicProcedure.mutation(({ ctx }) => asking(ctx, beginPasskeySignIn(ctx.services, ctx.request))),
  signIn: publicProcedure
    .input(UsePasskeyInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      const browser = passkeyCookie(ctx.services.config).read(ctx.cookieHeader);
      return setting(ctx, signInByPasskey(ctx.services, await callerOf(ctx), { ...input, browser }));
    }),
});
