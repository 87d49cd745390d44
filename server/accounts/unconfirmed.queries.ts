// Accounts that nobody confirmed.
import type { Db } from "~/db/client";

export function listUnconfirmedAcrossWorkspaces(db: Db, asked: { before: Date; limit: number }) {
  return db
    .selectFrom("users")
    .select("id")
    .where("emailVerifiedAt", "is", null)
    .where("disabledAt", "is", null)
    .where("createdAt", "<", asked.before)
    .orderBy("createdAt")
    .limit(asked.limit)
    .execute();
}

/** With the workspaces in which nobody else is. False when the account was confirmed meanwhile. */
export async function deleteUnconfirmedAccountAcrossWorkspaces(
  tx: Db,
  stale: { userId: string; before: Date },
): Promise<boolean> {
  const user = await tx
    .selectFrom("users")
    .select("id")
    .where("id", "=", stale.userId)
    .where("emailVerifiedAt", "is", null)
    .where("createdAt", "<", stale.before)
    .forUpdate()
    .executeTakeFirst();
  if (!user) return false;
  await tx
    .deleteFrom("workspaces")
    .where("id", "in", (query) => query.selectFrom("memberships").select("workspaceId").where("userId", "=", user.id))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("memberships as other")
            .select("other.userId")
            .whereRef("other.workspaceId", "=", "workspaces.id")
            .where("other.userId", "!=", user.id),
        ),
      ),
    )
    .execute();
  await tx.deleteFrom("users").where("id", "=", user.id).execute();
  return true;
}
