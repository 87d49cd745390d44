// Makes the successor of a key: same rights, agents and caps. The old one works on for the overlap, so that nothing stops (MISSION E4).
import { answerInWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { announceKeyChange } from "~/server/auth/key-changes";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import type { CreatedApiKey, RerollApiKeyInput } from "./api-keys.contract";
import { copyApiKeyAgents, lockKeysOfWorkspace, setApiKeyRerolledIfLive } from "./api-keys.queries";
import { enterApiKey, showNewKey } from "./enter-api-key";
import { readApiKey } from "./read-api-key";

const hourMs = 60 * 60 * 1_000;

/** The new key lives as long as the old one was made for. Rejects with `CONFLICT` when the old one has a successor or has ended. */
export async function rerollApiKey(
  services: Pick<Services, "db" | "across" | "clock" | "config" | "log" | "redis">,
  scope: WorkspaceScope,
  input: RerollApiKeyInput,
): Promise<CreatedApiKey> {
  const now = services.clock.now();
  const { keyId: oldKeyId } = input;
  const overlapEndsAt = new Date(now.getTime() + input.overlapHours * hourMs);
  const created = await answerInWorkspace(services.db, scope, async (tx) => {
    await lockKeysOfWorkspace(tx, scope);
    const old = await setApiKeyRerolledIfLive(tx, scope, oldKeyId, { now, overlapEndsAt });
    if (!old) throw refuseReroll((await readApiKey(tx, scope, oldKeyId, now)).state);
    const expiresAt = old.expiresAt && new Date(now.getTime() + old.expiresAt.getTime() - old.createdAt.getTime());
    const wish = { ...old, expiresAt, createdAt: now, replacesKeyId: oldKeyId };
    const entered = await enterApiKey(tx, scope, wish, services.config);
    await copyApiKeyAgents(tx, scope, { from: oldKeyId, to: entered.keyId });
    await recordAudit(tx, scope, {
      action: "api_key.reroll",
      targetKind: "api_key",
      targetId: entered.keyId,
      metadata: { name: old.name, replaces: oldKeyId, overlapEndsAt, expiresAt },
    });
    return showNewKey(tx, scope, entered, now);
  });
  announceKeyChange(services, oldKeyId);
  return created;
}

function refuseReroll(state: string): AppError {
  const why = state === "superseded" || state === "ended" ? "has a successor already" : `is ${state}`;
  return new AppError("CONFLICT", `This key ${why}. Reroll the one that works, or make a new one.`, {
    details: { reason: "key_not_live" },
  });
}
