// One key of the workspace.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import type { ApiKeyItem } from "./api-keys.contract";
import { readApiKey } from "./read-api-key";

export function getApiKey(
  services: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  input: { keyId: string },
): Promise<ApiKeyItem> {
  return inWorkspace(services.db, scope, (tx) => readApiKey(tx, scope, input.keyId, services.clock.now()));
}
