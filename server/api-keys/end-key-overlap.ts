// Ends a superseded key before its overlap does: its successor is in place everywhere.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { announceKeyChange } from "~/server/auth/key-changes";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import type { ApiKeyItem } from "./api-keys.contract";
import { setOverlapEndedIfRunning } from "./api-keys.queries";
import { readApiKey } from "./read-api-key";

/** Rejects with `CONFLICT` when no overlap is running. */
export async function endKeyOverlap(
  services: Pick<Services, "db" | "across" | "clock" | "log" | "redis">,
  scope: WorkspaceScope,
  input: { keyId: string },
): Promise<ApiKeyItem> {
  const now = services.clock.now();
  const item = await inWorkspace(services.db, scope, async (tx) => {
    const hasEnded = await setOverlapEndedIfRunning(tx, scope, input.keyId, now);
    const key = await readApiKey(tx, scope, input.keyId, now);
    if (!hasEnded) {
      throw new AppError("CONFLICT", "No overlap of this key is running: it has no successor, or has ended already.", {
        details: { reason: "no_overlap" },
      });
    }
    await recordAudit(tx, scope, {
      action: "api_key.end_overlap",
      targetKind: "api_key",
      targetId: input.keyId,
      metadata: { name: key.name, prefix: key.prefix, overlapUses: key.overlapUses },
    });
    return key;
  });
  announceKeyChange(services, input.keyId);
  return item;
}
