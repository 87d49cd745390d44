// The row of a new key, under the lock by which a workspace never has one key more than it may.
import type { Tx } from "~/db/transaction";
import { apiKeyPrefix, newApiKey } from "~/server/auth/api-key-format";
import { holdsPreset } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Config } from "~/server/config";
import { AppError, notFound } from "~/server/errors";
import { newId } from "~/server/ids";
import { assertPlanned } from "~/server/plans/assert-planned";
import { readPlan } from "~/server/plans/read-plan";
import { sha256Hex } from "~/server/sha256";
import type { CreatedApiKey } from "./api-keys.contract";
import { countLiveApiKeys, findApiKey, insertApiKey, lockKeysOfWorkspace, type NewApiKey } from "./api-keys.queries";
import { monthOf, toApiKeyItem } from "./judge-api-key";

type Wish = Omit<NewApiKey, "id" | "prefix" | "secretHash" | "createdBy">;

/** Answers the key and its id. Throws `LIMIT_EXCEEDED` when the plan holds no more, `UNAUTHORIZED` for more rights than its maker's. */
export async function enterApiKey(
  tx: Tx,
  scope: WorkspaceScope,
  wish: Wish,
  { environment }: Pick<Config, "environment">,
): Promise<{ keyId: string; apiKey: string }> {
  if (!holdsPreset(scope.grant, wish.preset)) throw presetWithheld(wish.preset);
  if (!(await lockKeysOfWorkspace(tx, scope))) throw notFound("workspace");
  const plan = await readPlan(tx, scope.workspaceId, wish.createdAt);
  if (!plan) throw notFound("workspace");
  assertPlanned({ kind: "create_key", keys: await countLiveApiKeys(tx, scope, wish.createdAt) }, plan);
  const [keyId, apiKey] = [newId("apiKey"), newApiKey(environment)];
  const kept = { prefix: apiKeyPrefix(apiKey), secretHash: sha256Hex(apiKey) };
  await insertApiKey(tx, scope, { ...wish, ...kept, id: keyId, createdBy: scope.principal.userId });
  return { keyId, apiKey };
}

function presetWithheld(preset: Wish["preset"]): AppError {
  const message = `A key with the preset "${preset}" may do what is withheld from you here. Choose a narrower one, or ask an owner of the workspace.`;
  return new AppError("UNAUTHORIZED", message, { details: { reason: "preset_withheld" } });
}

/** The answer that shows it, this once. */
export async function showNewKey(
  tx: Tx,
  scope: WorkspaceScope,
  entered: { keyId: string; apiKey: string },
  now: Date,
): Promise<CreatedApiKey> {
  const row = await findApiKey(tx, scope, entered.keyId, monthOf(now));
  if (!row) throw notFound("API key");
  return { ...toApiKeyItem(row, now), apiKey: entered.apiKey };
}
