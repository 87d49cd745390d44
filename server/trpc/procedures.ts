// The kinds of procedure: public, signed in, inside a workspace, operator. Identity and ownership are settled here (MISSION A1, A2).

import { assertRecentlyProven } from "~/server/auth/assert-recently-proven";
import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import type { Action } from "~/server/auth/permissions";
import { AppError } from "~/server/errors";
import { subjectOf } from "~/server/incidents/access-subject";
import { baseProcedure } from "./init";
import { whileAllowed } from "./while-allowed";

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

/** A person who has shown within the last minutes who they are: for what would hurt in a thief's hands (MISSION B7). */
export const provenProcedure = signedInProcedure.use(({ ctx, next }) => {
  assertRecentlyProven(ctx.services, ctx.user);
  return next({ ctx });
});

/** A caller inside a workspace who may do `action` there; the verb gets the minted scope. A subscription ends when they may not go on. */
export function workspaceProcedure(action: Action) {
  return callerProcedure.use(async ({ ctx, type, signal, next }) => {
    const scope = await mintWorkspaceScope(ctx.services, ctx.caller, { action, ...ctx.request });
    const subject = subjectOf("watch", ctx.caller, scope.workspaceId);
    return whileAllowed(ctx, { type, subject, signal }, (closing) => next({ ctx: { ...ctx, scope, closing } }));
  });
}

/** As `workspaceProcedure`, for dangerous acts: only a recently proven person, never a key. Ownership is judged first. */
export function provenWorkspaceProcedure(action: Action) {
  return workspaceProcedure(action).use(({ ctx, next }) => {
    assertRecentlyProven(ctx.services, ctx.caller);
    return next({ ctx });
  });
}

/** The operator of the platform. To anybody else the procedure looks missing. */
export const operatorProcedure = signedInProcedure.use(({ ctx, next }) => {
  if (!ctx.user.isSuperAdmin) throw new AppError("NOT_FOUND", "There is no such page.");
  return next({ ctx });
});

/** The operator, for acts upon other people: recently proven as well. */
export const provenOperatorProcedure = operatorProcedure.use(({ ctx, next }) => {
  assertRecentlyProven(ctx.services, ctx.user);
  return next({ ctx });
});
