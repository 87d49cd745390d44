// How the caller stands in the workspace at the moment of the act, not at the moment of the request: rights may have gone in between.
import type { Tx } from "~/db/transaction";
import { type Action, grantMay, holdsAllOf, type RoleGrant } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import { findMember, lockMembers } from "./members.queries";

export type Member = NonNullable<Awaited<ReturnType<typeof findMember>>>;
export type Standing = { actor: Member; grant: RoleGrant };

/** Waits for everybody else who changes members here. Throws `NOT_FOUND` for somebody who is no member any more. */
export async function lockStanding(tx: Tx, scope: WorkspaceScope, action: Action): Promise<Standing> {
  await lockMembers(tx, scope);
  const actor = scope.principal.kind === "user" ? await findMember(tx, scope, scope.principal.userId) : undefined;
  if (!actor) throw notFound("workspace");
  const grant: RoleGrant = { kind: "role", role: actor.role, areas: actor.areas };
  if (!grantMay(grant, action)) {
    throw new AppError("UNAUTHORIZED", `Your role here is now ${actor.role}, which does not allow ${action}. Ask an owner.`);
  }
  return { actor, grant };
}

/** The member to act upon. Throws `NOT_FOUND`; `UNAUTHORIZED` for one who may do what the caller may not, and for oneself. */
export async function findManageableMember(tx: Tx, scope: WorkspaceScope, standing: Standing, userId: string): Promise<Member> {
  const target = await findMember(tx, scope, userId);
  if (!target) throw notFound("member");
  if (target.userId === standing.actor.userId) {
    throw new AppError("UNAUTHORIZED", "Nobody changes their own role, grants or membership here. Ask another admin, or leave.");
  }
  if (holdsAllOf(standing.grant, target.role, target.areas)) return target;
  throw new AppError(
    "UNAUTHORIZED",
    `This member is ${target.role} and may do more here than you. Ask an owner of the workspace.`,
  );
}
