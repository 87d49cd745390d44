// What a comparison reads beside the versions themselves.
import type { Db } from "~/db/client";
import type { WorkspaceScope } from "~/server/auth/scope";

/** More than an agent can have. */
const secretsMax = 500;

/** The version of each secret that has a value now. Never the value. */
export async function readSecretVersionsNow(tx: Db, scope: WorkspaceScope, agentId: string): Promise<Record<string, number>> {
  const rows = await tx
    .selectFrom("agentSecrets")
    .select(["name", "version"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .where("sealedValue", "is not", null)
    .limit(secretsMax)
    .execute();
  return Object.fromEntries(rows.map((row) => [row.name, row.version]));
}
