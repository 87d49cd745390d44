// What the mint and the proofs of identity read.
import type { Db } from "~/db/client";

/** The person's membership in the wished workspace, or in the oldest one when there is no wish. */
export function findMembershipAcrossWorkspaces(db: Db, userId: string, workspaceId: string | null) {
  return db
    .selectFrom("memberships")
    .innerJoin("workspaces", "workspaces.id", "memberships.workspaceId")
    .select(["memberships.workspaceId", "memberships.role", "workspaces.disabledAt"])
    .where("memberships.userId", "=", userId)
    .$if(workspaceId !== null, (query) => query.where("memberships.workspaceId", "=", workspaceId as string))
    .orderBy("memberships.createdAt")
    .limit(1)
    .executeTakeFirst();
}
