// An agent that may be called without end, and a key to call it with, in a database that a measurement made.
import type { Db } from "~/db/client";
import { apiKeyPrefix, newApiKey } from "~/server/auth/api-key-format";
import { newId } from "~/server/ids";
import { sha256Hex } from "~/server/sha256";
import { growSource } from "./grow-source";
import type { CampaignSource } from "./telemetry-senders";

export type Callable = CampaignSource & { apiKey: string; keyId: string };

/** No limit of its plan is reached by a measurement. */
const endless = {
  requestsMax: 1_000_000_000,
  tokensMax: 1_000_000_000_000,
  computeMsMax: 1_000_000_000_000,
  callsPerMinuteMax: 10_000_000,
  concurrencyMax: 10_000,
};

export async function growCallable(owner: Db): Promise<Callable> {
  const source = await growSource(owner);
  const { workspaceId, ownerUserId, deploymentId } = source;
  const [apiKey, keyId] = [newApiKey(), newId("apiKey")];
  const kept = { prefix: apiKeyPrefix(apiKey), secretHash: sha256Hex(apiKey) };
  await owner
    .insertInto("apiKeys")
    .values({ id: keyId, workspaceId, name: "bench", preset: "invoke", createdBy: ownerUserId, ...kept })
    .execute();
  await owner
    .insertInto("planOverrides")
    .values({ workspaceId, changes: JSON.stringify(endless), reason: "a measurement", setBy: ownerUserId, setAt: new Date() })
    .execute();
  await owner.updateTable("deployments").set({ status: "active" }).where("id", "=", deploymentId).execute();
  await owner.updateTable("agents").set({ activeDeploymentId: deploymentId }).where("id", "=", source.agentId).execute();
  return { ...source, apiKey, keyId };
}
