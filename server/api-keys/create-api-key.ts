// Makes an API key. The key is in this answer and nowhere else: the row holds its hash (MISSION E4).
import { answerInWorkspace, type Tx } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { CreateApiKeyInput, CreatedApiKey } from "./api-keys.contract";
import { insertApiKeyAgents, listAgentIdsAmong } from "./api-keys.queries";
import { enterApiKey, showNewKey } from "./enter-api-key";

const dayMs = 24 * 60 * 60 * 1_000;

/** Rejects with `NOT_FOUND` for an agent that is not there, `CONFLICT` when there are as many keys as there may be. */
export async function createApiKey(
  services: Pick<Services, "db" | "clock" | "config">,
  scope: WorkspaceScope,
  input: CreateApiKeyInput,
): Promise<CreatedApiKey> {
  const createdAt = services.clock.now();
  const { name, preset, agentIds = null } = input;
  const limits = { callsPerMinuteMax: input.callsPerMinuteMax ?? null, callsPerMonthMax: input.callsPerMonthMax ?? null };
  const expiresAt = input.expiresInDays === null ? null : new Date(createdAt.getTime() + input.expiresInDays * dayMs);
  return answerInWorkspace(services.db, scope, async (tx) => {
    const wish = { name, preset, ...limits, expiresAt, createdAt, isLimitedToAgents: agentIds !== null, replacesKeyId: null };
    const entered = await enterApiKey(tx, scope, wish, services.config);
    if (agentIds) await nameAgents(tx, scope, entered.keyId, [...new Set(agentIds)]);
    const shown = await showNewKey(tx, scope, entered, createdAt);
    await recordAudit(tx, scope, {
      action: "api_key.create",
      targetKind: "api_key",
      targetId: entered.keyId,
      metadata: { name, preset, prefix: shown.prefix, expiresAt, agentIds, ...limits },
    });
    return shown;
  });
}

async function nameAgents(tx: Tx, scope: WorkspaceScope, keyId: string, agentIds: string[]): Promise<void> {
  const found = await listAgentIdsAmong(tx, scope, agentIds);
  if (found.length < agentIds.length) throw notFound("agent");
  await insertApiKeyAgents(tx, scope, keyId, agentIds);
}
