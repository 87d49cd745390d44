// The kinds of procedure: public, signed in, inside a workspace, operator. Identity and ownership are settled here (MISSION A1, A2).

import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import type { Action } from "~/server/auth/permissions";
import { AppError } from "~/server/errors";
import { baseProcedure } from "./init";

export const publicProcedure = baseProcedure;

/** Any proven caller: a session or an API key. */
export const callerProcedure = baseProcedure.use(async ({ ctx, next }) => {
  const principal = await ctx.principal();
  if (!principal) throw new AppError("UNAUTHENTICATED", "Sign in, or send an API key as Authorization: Bearer.");
  return next({ ctx: { ...ctx, caller: principal } });
});

/** A person with a session. API keys are refused: they act for a workspace, not for a person. */
export const signedInProcedure = callerProcedure.use(({ ctx, next }) => {
  if (ctx.caller.kind !== "user") throw new AppError("UNAUTHORIZED", "An API key cannot do this; sign in.");
  return next({ ctx: { ...ctx, user: ctx.caller } });
});

/** A caller inside a workspace who may do `action` there; the verb gets the minted scope. */
export function workspaceProcedure(action: Action) {
  return callerProcedure.use(async ({ ctx, next }) => {
    const scope = await mintWorkspaceScope(ctx.services, ctx.caller, { action, ...ctx.request });
    return next({ ctx: { ...ctx, scope } });
  });
}

/** The operator of the platform. To anybody else the procedure looks missing. */
export const operatorProcedure = signedInProcedure.use(({ ctx, next }) => {
  if (!ctx.user.isSuperAdmin) throw new AppError("NOT_FOUND", "There is no such page.");
  return next({ ctx });
});
