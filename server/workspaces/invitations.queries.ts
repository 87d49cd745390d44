// Invitations: the open ones of a workspace, and the one behind a letter's token.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { InvitableRole } from "~/db/tables/invitations";
import type { Role } from "~/db/tables/memberships";
import type { MemberGrants } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";

/** Whoever invited, as they stand in the workspace now; no role when they have left or their account is disabled. */
const inviterStanding = {
  role: sql<Role | null>`(
    select m.role from memberships m join users u on u.id = m.user_id and u.disabled_at is null
    where m.workspace_id = invitations.workspace_id and m.user_id = invitations.invited_by)`,
  areas: sql<MemberGrants>`(
    select coalesce(jsonb_object_agg(area, is_granted), '{}') from member_grants g
    where g.workspace_id = invitations.workspace_id and g.user_id = invitations.invited_by)`,
};

function selectOpenInvitations(tx: Db, scope: WorkspaceScope) {
  return tx
    .selectFrom("invitations")
    .select(["id as invitationId", "email", "role", "invitedBy", "sentAt", "expiresAt"])
    .select([inviterStanding.role.as("inviterRole"), inviterStanding.areas.as("inviterAreas")])
    .where("workspaceId", "=", scope.workspaceId)
    .where("acceptedAt", "is", null)
    .where("revokedAt", "is", null);
}

/** Neither accepted nor revoked; they may have expired. The newest first. */
export function listOpenInvitations(tx: Db, scope: WorkspaceScope, limit: number) {
  return selectOpenInvitations(tx, scope).orderBy("id", "desc").limit(limit).execute();
}

export function findOpenInvitationTo(tx: Db, scope: WorkspaceScope, email: string) {
  return selectOpenInvitations(tx, scope).where("email", "=", email).executeTakeFirst();
}

export function findOpenInvitation(tx: Db, scope: WorkspaceScope, invitationId: string) {
  return selectOpenInvitations(tx, scope).where("id", "=", invitationId).executeTakeFirst();
}

export async function countOpenInvitations(tx: Db, scope: WorkspaceScope, now: Date): Promise<number> {
  const row = await tx
    .selectFrom("invitations")
    .select((select) => select.fn.countAll<number>().as("open"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("acceptedAt", "is", null)
    .where("revokedAt", "is", null)
    .where("expiresAt", ">", now)
    .executeTakeFirst();
  return row?.open ?? 0;
}

export async function insertInvitation(
  tx: Db,
  scope: WorkspaceScope,
  row: { id: string; email: string; role: InvitableRole; tokenHash: string; invitedBy: string; sentAt: Date; expiresAt: Date },
): Promise<void> {
  await tx
    .insertInto("invitations")
    .values({ ...row, workspaceId: scope.workspaceId, createdAt: row.sentAt })
    .execute();
}

/** The new token replaces the old one. Nothing comes back when it was accepted or revoked in between. */
export function setInvitationTokenIfOpen(
  tx: Db,
  scope: WorkspaceScope,
  renewal: { invitationId: string; tokenHash: string; invitedBy: string; sentAt: Date; expiresAt: Date },
) {
  const { invitationId, ...fresh } = renewal;
  return tx
    .updateTable("invitations")
    .set(fresh)
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", invitationId)
    .where("acceptedAt", "is", null)
    .where("revokedAt", "is", null)
    .returning(["id", "email", "role"])
    .executeTakeFirst();
}

export function setInvitationRevokedIfOpen(tx: Db, scope: WorkspaceScope, revocation: { invitationId: string; now: Date }) {
  return tx
    .updateTable("invitations")
    .set({ revokedAt: revocation.now })
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", revocation.invitationId)
    .where("acceptedAt", "is", null)
    .where("revokedAt", "is", null)
    .returning(["id", "role"])
    .executeTakeFirst();
}

/** With all that decides whether it may be accepted. The person invited has no scope yet: the token is their key. */
export function findInvitationByTokenAcrossWorkspaces(db: Db, tokenHash: string) {
  return db
    .selectFrom("invitations")
    .innerJoin("workspaces", "workspaces.id", "invitations.workspaceId")
    .innerJoin("users as inviters", "inviters.id", "invitations.invitedBy")
    .select(["invitations.id", "invitations.workspaceId", "invitations.email", "invitations.role", "invitations.invitedBy"])
    .select(["invitations.expiresAt", "invitations.acceptedAt", "invitations.revokedAt"])
    .select(["workspaces.name as workspaceName", "workspaces.disabledAt as workspaceDisabledAt"])
    .select(["inviters.displayName as inviterName", "inviters.email as inviterEmail"])
    .select([inviterStanding.role.as("inviterRole"), inviterStanding.areas.as("inviterAreas")])
    .where("invitations.tokenHash", "=", tokenHash)
    .executeTakeFirst();
}

/** The compare-and-set: of several racing acceptances only the first finds it open. */
export function setInvitationAcceptedIfOpenAcrossWorkspaces(
  db: Db,
  acceptance: { tokenHash: string; userId: string; now: Date },
) {
  return db
    .updateTable("invitations")
    .set({ acceptedAt: acceptance.now, acceptedBy: acceptance.userId })
    .where("tokenHash", "=", acceptance.tokenHash)
    .where("acceptedAt", "is", null)
    .where("revokedAt", "is", null)
    .where("expiresAt", ">", acceptance.now)
    .returning(["id", "workspaceId", "role"])
    .executeTakeFirst();
}

export async function deleteInvitationsExpiredBeforeAcrossWorkspaces(db: Db, before: Date): Promise<number> {
  const result = await db.deleteFrom("invitations").where("expiresAt", "<", before).executeTakeFirst();
  return Number(result.numDeletedRows);
}
