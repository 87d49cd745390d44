// The outbox: letters of an installation without a mail server.
import type { Db } from "~/db/client";

export async function insertOutboxMailAcrossWorkspaces(
  db: Db,
  row: { id: string; recipient: string; subject: string; sealedBody: Buffer; createdAt: Date },
): Promise<void> {
  await db.insertInto("outboxMails").values(row).execute();
}

export function listOutboxMailsAcrossWorkspaces(db: Db, page: { limit: number; before: string | null }) {
  return db
    .selectFrom("outboxMails")
    .select(["id", "recipient", "subject", "sealedBody", "createdAt"])
    .$if(page.before !== null, (query) => query.where("id", "<", page.before ?? ""))
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

export async function deleteOutboxMailsBeforeAcrossWorkspaces(db: Db, before: Date): Promise<void> {
  await db.deleteFrom("outboxMails").where("createdAt", "<", before).execute();
}
