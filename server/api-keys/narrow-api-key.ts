// Takes rights from a key that has more than it needs. Never gives any: a key that leaked must not grow.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { announceKeyChange } from "~/server/auth/key-changes";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import type { ApiKeyItem, NarrowApiKeyInput } from "./api-keys.contract";
import { setPresetIfWider } from "./api-keys.queries";
import { presetsWiderThan } from "./judge-api-key";
import { readApiKey } from "./read-api-key";

/** Rejects with `CONFLICT` when the new preset is not narrower, or the key is revoked. */
export async function narrowApiKey(
  services: Pick<Services, "db" | "across" | "clock" | "log" | "redis">,
  scope: WorkspaceScope,
  input: NarrowApiKeyInput,
): Promise<ApiKeyItem> {
  const { keyId, preset } = input;
  const item = await inWorkspace(services.db, scope, async (tx) => {
    const before = await readApiKey(tx, scope, keyId, services.clock.now());
    const wider = presetsWiderThan(preset);
    if (wider.length === 0 || !(await setPresetIfWider(tx, scope, keyId, { preset, wider }))) {
      throw new AppError("CONFLICT", `A key that may "${before.preset}" cannot be narrowed to "${preset}". Make a new key.`, {
        details: { reason: "not_narrower" },
      });
    }
    await recordAudit(tx, scope, {
      action: "api_key.narrow",
      targetKind: "api_key",
      targetId: keyId,
      metadata: { name: before.name, from: before.preset, to: preset },
    });
    return readApiKey(tx, scope, keyId, services.clock.now());
  });
  announceKeyChange(services, keyId);
  return item;
}
