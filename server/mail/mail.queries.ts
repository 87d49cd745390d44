// Letters by their id. They belong to the platform, not to a workspace.
import type { Db } from "~/db/client";
import type { MailStatus } from "~/db/tables/outbox-mails";

/** Answers nothing: a handle inside a workspace may post a letter and read none. */
export async function insertMailAcrossWorkspaces(
  db: Db,
  row: {
    id: string;
    recipient: string;
    subject: string;
    sealedBody: Buffer;
    status: MailStatus;
    nextAttemptAt: Date | null;
    createdAt: Date;
  },
): Promise<void> {
  await db.insertInto("outboxMails").values(row).execute();
}

export function listMailsAcrossWorkspaces(db: Db, page: { limit: number; before: string | null; status: MailStatus | null }) {
  return db
    .selectFrom("outboxMails")
    .select([
      "id",
      "recipient",
      "subject",
      "sealedBody",
      "status",
      "attempts",
      "nextAttemptAt",
      "lastError",
      "sentAt",
      "createdAt",
    ])
    .$if(page.before !== null, (query) => query.where("id", "<", page.before ?? ""))
    .$if(page.status !== null, (query) => query.where("status", "=", page.status ?? "held"))
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

export function listDueMailsAcrossWorkspaces(db: Db, due: { now: Date; limit: number }) {
  return db
    .selectFrom("outboxMails")
    .select("id")
    .where("status", "=", "queued")
    .where("nextAttemptAt", "<=", due.now)
    .orderBy("nextAttemptAt")
    .limit(due.limit)
    .execute();
}

/** Takes the letter's turn: of several at once only one finds it due, the others' `nextAttemptAt` lies ahead by then. */
export function claimMailIfDueAcrossWorkspaces(db: Db, claim: { mailId: string; now: Date; leasedUntil: Date }) {
  return db
    .updateTable("outboxMails")
    .set((row) => ({ attempts: row("attempts", "+", 1), nextAttemptAt: claim.leasedUntil }))
    .where("id", "=", claim.mailId)
    .where("status", "=", "queued")
    .where("nextAttemptAt", "<=", claim.now)
    .returning(["id", "recipient", "subject", "sealedBody", "attempts"])
    .executeTakeFirst();
}

/** Only by whoever took its last turn. The body goes: its links are as good as passwords. */
export async function setMailSentIfClaimedAcrossWorkspaces(db: Db, claim: { id: string; attempts: number }, sentAt: Date) {
  const sent = { status: "sent", sealedBody: null, nextAttemptAt: null, lastError: null, sentAt } as const;
  await db
    .updateTable("outboxMails")
    .set(sent)
    .where("id", "=", claim.id)
    .where("status", "=", "queued")
    .where("attempts", "=", claim.attempts)
    .execute();
}

/** Another try at `nextAttemptAt`; null gives the letter up. */
export async function setMailTroubledIfClaimedAcrossWorkspaces(
  db: Db,
  claim: { id: string; attempts: number },
  trouble: { lastError: string; nextAttemptAt: Date | null },
): Promise<void> {
  await db
    .updateTable("outboxMails")
    .set({ ...trouble, status: trouble.nextAttemptAt ? "queued" : "failed" })
    .where("id", "=", claim.id)
    .where("status", "=", "queued")
    .where("attempts", "=", claim.attempts)
    .execute();
}

/** On its way again with all its attempts; nothing when it did not fail. */
export function setMailQueuedIfFailedAcrossWorkspaces(db: Db, mailId: string, now: Date) {
  return db
    .updateTable("outboxMails")
    .set({ status: "queued", attempts: 0, nextAttemptAt: now })
    .where("id", "=", mailId)
    .where("status", "=", "failed")
    .returning("id")
    .executeTakeFirst();
}

/** The mail server is gone from the configuration: what waits for it is for the operator to read. */
export async function setQueuedMailsHeldAcrossWorkspaces(db: Db): Promise<void> {
  await db.updateTable("outboxMails").set({ status: "held", nextAttemptAt: null }).where("status", "=", "queued").execute();
}

export async function deleteMailsBeforeAcrossWorkspaces(db: Db, before: Date): Promise<void> {
  await db.deleteFrom("outboxMails").where("createdAt", "<", before).execute();
}
