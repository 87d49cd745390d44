// API keys of a workspace. The hash is read by nobody but the proof of identity and the revocation.
import type { Db } from "~/db/client";
import type { ApiKeyPreset } from "~/db/tables/api-keys";
import type { WorkspaceScope } from "~/server/auth/scope";

const shownColumns = [
  "id",
  "name",
  "preset",
  "prefix",
  "createdBy",
  "createdAt",
  "expiresAt",
  "lastUsedAt",
  "revokedAt",
] as const;

export type ApiKeyRow = {
  id: string;
  name: string;
  preset: ApiKeyPreset;
  prefix: string;
  secretHash: string;
  createdBy: string;
  expiresAt: Date | null;
  createdAt: Date;
};

export async function insertApiKey(tx: Db, scope: WorkspaceScope, row: ApiKeyRow): Promise<void> {
  await tx
    .insertInto("apiKeys")
    .values({ ...row, workspaceId: scope.workspaceId })
    .execute();
}

/** The newest first. */
export function listApiKeyRows(tx: Db, scope: WorkspaceScope, page: { limit: number; before: string | null }) {
  return tx
    .selectFrom("apiKeys")
    .select(shownColumns)
    .where("workspaceId", "=", scope.workspaceId)
    .$if(page.before !== null, (query) => query.where("id", "<", page.before ?? ""))
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

export async function countLiveApiKeys(tx: Db, scope: WorkspaceScope, now: Date): Promise<number> {
  const row = await tx
    .selectFrom("apiKeys")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("revokedAt", "is", null)
    .where((where) => where.or([where("expiresAt", "is", null), where("expiresAt", ">", now)]))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Keeps the date of the first revocation. */
export function setApiKeyRevoked(tx: Db, scope: WorkspaceScope, keyId: string, now: Date) {
  return tx
    .updateTable("apiKeys")
    .set((where) => ({ revokedAt: where.fn.coalesce("revokedAt", where.val(now)) }))
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", keyId)
    .returning([...shownColumns, "secretHash"])
    .executeTakeFirst();
}
