// The rows of idempotency keys: begun before the act, marked within it, settled after it.
import { sql } from "kysely";
import type { Db } from "~/db/client";

export type BegunKey = {
  place: string;
  workspaceId: string | null;
  userId: string;
  procedure: string;
  fingerprint: string;
  leaseId: string;
  leaseEndsAt: Date;
  createdAt: Date;
  expiresAt: Date;
};

export type HeldPlace = { place: string; leaseId: string };

/**
 * Begins the request, or takes up what expired. With `mayTakeUp` also what nobody carries out any more and never committed anything.
 * Nothing comes back when somebody else holds it or it is done.
 */
export function beginKeyIfFreeAcrossWorkspaces(db: Db, row: BegunKey, { mayTakeUp }: { mayTakeUp: boolean }) {
  const begun = { ...row, actedAt: null, answeredAt: null, sealedAnswer: null };
  return db
    .insertInto("idempotencyKeys")
    .values(begun)
    .onConflict((conflict) =>
      conflict
        .column("place")
        .doUpdateSet(begun)
        .where(({ and, or, eb }) =>
          or([
            eb("idempotencyKeys.expiresAt", "<=", row.createdAt),
            ...(mayTakeUp
              ? [
                  and([
                    eb("idempotencyKeys.leaseEndsAt", "<=", row.createdAt),
                    eb("idempotencyKeys.actedAt", "is", null),
                    eb("idempotencyKeys.answeredAt", "is", null),
                    eb("idempotencyKeys.fingerprint", "=", row.fingerprint),
                  ]),
                ]
              : []),
          ]),
        ),
    )
    .returning("place")
    .executeTakeFirst();
}

export function findKeyAcrossWorkspaces(db: Db, place: string) {
  return db
    .selectFrom("idempotencyKeys")
    .select(["fingerprint", "leaseEndsAt", "actedAt", "answeredAt", "sealedAnswer"])
    .where("place", "=", place)
    .executeTakeFirst();
}

/** Calls of agents stand under this name and their agent's id. */
export const callProcedure = "call:";

/** Counted up to `limit`, without calls of agents. */
export async function countLiveKeysAcrossWorkspaces(db: Db, of: { userId: string; now: Date; limit: number }): Promise<number> {
  const live = db
    .selectFrom("idempotencyKeys")
    .select("place")
    .where("userId", "=", of.userId)
    .where("expiresAt", ">", of.now)
    .where("procedure", "not like", `${callProcedure}%`)
    .limit(of.limit);
  const row = await db
    .selectFrom(live.as("live"))
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Whether this transaction has written or locked anything so far. */
export async function hasWrittenAcrossWorkspaces(tx: Db): Promise<boolean> {
  const { rows } = await sql<{ hasWritten: boolean }>`
    select pg_current_xact_id_if_assigned() is not null as has_written`.execute(tx);
  return rows[0]?.hasWritten ?? false;
}

/** Within the act's transaction. False: somebody else took the request up meanwhile. */
export async function setActedIfHeldAcrossWorkspaces(tx: Db, { place, leaseId }: HeldPlace, at: Date): Promise<boolean> {
  const result = await tx
    .updateTable("idempotencyKeys")
    .set({ actedAt: at })
    .where("place", "=", place)
    .where("leaseId", "=", leaseId)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function setAnsweredIfHeldAcrossWorkspaces(
  tx: Db,
  { place, leaseId }: HeldPlace,
  answer: { answeredAt: Date; sealedAnswer: Buffer | null; expiresAt?: Date },
): Promise<void> {
  await tx
    .updateTable("idempotencyKeys")
    .set(answer)
    .where("place", "=", place)
    .where("leaseId", "=", leaseId)
    .where("answeredAt", "is", null)
    .execute();
}

/** True: nothing had been committed, and the key may be used again. */
export async function releaseKeyIfIdleAcrossWorkspaces(db: Db, { place, leaseId }: HeldPlace): Promise<boolean> {
  const result = await db
    .deleteFrom("idempotencyKeys")
    .where("place", "=", place)
    .where("leaseId", "=", leaseId)
    .where("actedAt", "is", null)
    .where("answeredAt", "is", null)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Nobody carries it out any more. */
export async function endLeaseAcrossWorkspaces(db: Db, { place, leaseId }: HeldPlace, at: Date): Promise<void> {
  await db
    .updateTable("idempotencyKeys")
    .set({ leaseEndsAt: at })
    .where("place", "=", place)
    .where("leaseId", "=", leaseId)
    .execute();
}

/** Oldest first, so many at a time. */
export async function deleteExpiredKeysAcrossWorkspaces(db: Db, now: Date, limit: number): Promise<number> {
  const result = await db
    .deleteFrom("idempotencyKeys")
    .where("place", "in", (select) =>
      select.selectFrom("idempotencyKeys").select("place").where("expiresAt", "<=", now).orderBy("expiresAt").limit(limit),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** The sealed answers of a workspace in the order of their places, behind `after`. */
export function listSealedAnswersAcrossWorkspaces(db: Db, asked: { workspaceId: string; after: string; limit: number }) {
  return db
    .selectFrom("idempotencyKeys")
    .select(["place", "procedure", "sealedAnswer"])
    .where("workspaceId", "=", asked.workspaceId)
    .where("sealedAnswer", "is not", null)
    .where("place", ">", asked.after)
    .orderBy("place")
    .limit(asked.limit)
    .execute();
}

/** The same answer in another envelope. False when it is not there any more. */
export async function setResealedAnswerIfSameAcrossWorkspaces(
  db: Db,
  answer: { workspaceId: string; place: string; before: Buffer; sealedAnswer: Buffer },
): Promise<boolean> {
  const done = await db
    .updateTable("idempotencyKeys")
    .set({ sealedAnswer: answer.sealedAnswer })
    .where("workspaceId", "=", answer.workspaceId)
    .where("place", "=", answer.place)
    .where("sealedAnswer", "=", answer.before)
    .returning("place")
    .executeTakeFirst();
  return done !== undefined;
}
