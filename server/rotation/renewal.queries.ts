// The data key of a workspace: which one it is, and how far values are sealed anew under it.
import { sql } from "kysely";
import type { Db } from "~/db/client";

/** Nothing comes back for a workspace that does not exist; `dataKey` columns are null while nothing was ever sealed for it. */
export function findDataKeyFactsAcrossWorkspaces(db: Db, workspaceId: string) {
  return db
    .selectFrom("workspaces")
    .leftJoin("dataKeys", "dataKeys.ownerId", "workspaces.id")
    .select(["workspaces.id as workspaceId", "dataKeys.generation", "dataKeys.kekId", "dataKeys.createdAt", "dataKeys.renewedAt"])
    .select(["dataKeys.valuesResealed", "dataKeys.valuesStuck", "dataKeys.passedAt"])
    .select(sql<boolean>`data_keys.former_key is not null`.as("isResealing"))
    .where("workspaces.id", "=", workspaceId)
    .executeTakeFirst();
}

/** The renewal that is under way, if one is. */
export function findRenewalAcrossWorkspaces(db: Db, ownerId: string) {
  return db
    .selectFrom("dataKeys")
    .select(["generation", "renewedAt", "valuesResealed"])
    .where("ownerId", "=", ownerId)
    .where("formerKey", "is not", null)
    .executeTakeFirst();
}

/** Those of which no pass has looked at every value yet, and those that were renewed before `settledBefore`. */
export function listRenewalsDueAcrossWorkspaces(db: Db, asked: { settledBefore: Date; limit: number }) {
  return db
    .selectFrom("dataKeys")
    .select("ownerId")
    .where("formerKey", "is not", null)
    .where(({ eb, or }) => or([eb("passedAt", "is", null), eb("renewedAt", "<=", asked.settledBefore)]))
    .orderBy("ownerId")
    .limit(asked.limit)
    .execute();
}

/** One more; in the transaction that replaced it. False when the renewal is over. */
export async function addResealedIfRenewingAcrossWorkspaces(
  db: Db,
  renewal: { ownerId: string; generation: number },
): Promise<boolean> {
  const counted = await db
    .updateTable("dataKeys")
    .set({ valuesResealed: sql<number>`values_resealed + 1` })
    .where("ownerId", "=", renewal.ownerId)
    .where("generation", "=", renewal.generation)
    .where("formerKey", "is not", null)
    .returning("ownerId")
    .executeTakeFirst();
  return counted !== undefined;
}

export async function setPassedIfRenewingAcrossWorkspaces(
  db: Db,
  passed: { ownerId: string; generation: number; passedAt: Date; valuesStuck: number },
): Promise<void> {
  await db
    .updateTable("dataKeys")
    .set({ passedAt: passed.passedAt, valuesStuck: passed.valuesStuck })
    .where("ownerId", "=", passed.ownerId)
    .where("generation", "=", passed.generation)
    .where("formerKey", "is not", null)
    .execute();
}
