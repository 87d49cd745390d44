// The kinds of procedure: public, signed in, inside a workspace, operator. Identity and ownership are settled here (MISSION A1, A2).

import { assertRecentlyProven } from "~/server/auth/assert-recently-proven";
import { mintWorkspaceScope, witnessed } from "~/server/auth/mint-scope";
import type { Action } from "~/server/auth/permissions";
import type { UserPrincipal } from "~/server/auth/principal";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import { subjectOf } from "~/server/incidents/access-subject";
import type { Context } from "./context";
import { baseProcedure } from "./init";
import { oncePerKey } from "./once-per-key";
import { whileAllowed } from "./while-allowed";

/*
 * Whatever may refuse a caller stands before the look at an idempotency key: an answer is repeated only to somebody who may still act.
 * So each kind of procedure is a gate of its own, and the exported one is that gate with the look behind it.
 */

export const publicProcedure = baseProcedure;

/** Any proven caller: a session or an API key. */
export const callerProcedure = baseProcedure.use(async ({ ctx, next }) => {
  const principal = await ctx.principal();
  if (!principal) throw new AppError("UNAUTHENTICATED", "Sign in, or send an API key as Authorization: Bearer.");
  return next({ ctx: { ...ctx, caller: principal } });
});

const signedIn = callerProcedure.use(({ ctx, next }) => {
  if (ctx.caller.kind !== "user") throw new AppError("UNAUTHORIZED", "An API key cannot do this; sign in.");
  return next({ ctx: { ...ctx, user: ctx.caller } });
});

/** A person with a session. API keys are refused: they act for a workspace, not for a person. */
export const signedInProcedure = signedIn.use((call) => onceOnAccount(call, () => call.next()));

const proven = signedIn.use(({ ctx, next }) => {
  assertRecentlyProven(ctx.services, ctx.user);
  return next({ ctx });
});

/** A person who has shown within the last minutes who they are: for what would hurt in a thief's hands (MISSION B7). */
export const provenProcedure = proven.use((call) => onceOnAccount(call, () => call.next()));

function insideWorkspace(action: Action) {
  return callerProcedure.use(async ({ ctx, type, signal, next }) => {
    const scope = await mintWorkspaceScope(ctx.services, ctx.caller, { action, ...ctx.request });
    const subject = subjectOf("watch", ctx.caller, scope.workspaceId);
    return whileAllowed(ctx, { type, subject, signal }, (closing) => next({ ctx: { ...ctx, scope, closing } }));
  });
}

/** A caller inside a workspace who may do `action` there; the verb gets the minted scope. A subscription ends when they may not go on. */
export function workspaceProcedure(action: Action) {
  return insideWorkspace(action).use((call) => onceInWorkspace(call, (scope) => call.next({ ctx: { ...call.ctx, scope } })));
}

/** As `workspaceProcedure`, for dangerous acts: only a recently proven person, never a key. Ownership is judged first. */
export function provenWorkspaceProcedure(action: Action) {
  return insideWorkspace(action)
    .use(({ ctx, next }) => {
      assertRecentlyProven(ctx.services, ctx.caller);
      return next({ ctx });
    })
    .use((call) => onceInWorkspace(call, (scope) => call.next({ ctx: { ...call.ctx, scope } })));
}

const operator = signedIn.use(({ ctx, next }) => {
  if (!ctx.user.isSuperAdmin) throw new AppError("NOT_FOUND", "There is no such page.");
  return next({ ctx });
});

/** The operator of the platform. To anybody else the procedure looks missing. */
export const operatorProcedure = operator.use((call) => onceOnAccount(call, () => call.next()));

const provenOperator = operator.use(({ ctx, next }) => {
  assertRecentlyProven(ctx.services, ctx.user);
  return next({ ctx });
});

/** The operator, for acts upon other people: recently proven as well. */
export const provenOperatorProcedure = provenOperator.use((call) => onceOnAccount(call, () => call.next()));

type Call<Ctx> = { ctx: Ctx; type: string; path: string; getRawInput: () => Promise<unknown> };

function onceOnAccount<Result extends { ok: boolean }>(
  { ctx, ...call }: Call<Context & { user: UserPrincipal }>,
  next: () => Promise<Result>,
): Promise<Result> {
  return oncePerKey(ctx, { ...call, principal: ctx.user, workspaceId: null }, next);
}

/** The verb's scope carries the witness, so that each of its transactions notes for the key that it was committed. */
function onceInWorkspace<Result extends { ok: boolean }>(
  { ctx, ...call }: Call<Context & { scope: WorkspaceScope }>,
  next: (scope: WorkspaceScope) => Promise<Result>,
): Promise<Result> {
  const { principal, workspaceId } = ctx.scope;
  return oncePerKey(ctx, { ...call, principal, workspaceId }, (witness) =>
    next(witness ? witnessed(ctx.scope, witness) : ctx.scope),
  );
}
