// One key of the workspace, inside a transaction that is already open.
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { ApiKeyItem } from "./api-keys.contract";
import { findApiKey } from "./api-keys.queries";
import { monthOf, toApiKeyItem } from "./judge-api-key";

export async function readApiKey(tx: Tx, scope: WorkspaceScope, keyId: string, now: Date): Promise<ApiKeyItem> {
  const row = await findApiKey(tx, scope, keyId, monthOf(now));
  if (!row) throw notFound("API key");
  return toApiKeyItem(row, now);
}
