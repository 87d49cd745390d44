// The API key that `npm start` shows: fresh at each start, the one of the start before revoked.
import { inWorkspace } from "~/db/transaction";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { revokeApiKey } from "~/server/api-keys/revoke-api-key";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import { listLiveKeysByName } from "./first-start.queries";

const keyName = "npm start";
/** More than a start ever leaves behind; the next start takes the rest. */
const revokedAtOnceMax = 20;

/** May upload, deploy and invoke in the workspace of the scope. */
export async function renewStartKey(
  services: Pick<Services, "db" | "across" | "clock" | "config" | "log" | "redis">,
  scope: WorkspaceScope,
): Promise<string> {
  const key = { name: keyName, createdBy: scope.principal.userId, limit: revokedAtOnceMax };
  const old = await inWorkspace(services.db, scope, (tx) => listLiveKeysByName(tx, scope, key));
  for (const { id: keyId } of old) await revokeApiKey(services, scope, { keyId });
  const created = await createApiKey(services, scope, { name: keyName, preset: "deploy", expiresInDays: null });
  return created.apiKey;
}
