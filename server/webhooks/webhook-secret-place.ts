// Where a webhook's secret is sealed: bound to its workspace, its endpoint and itself, so that moved to another row it does not open.
import type { SealedPlace } from "~/server/vault/vault";

export function webhookSecretPlace(workspaceId: string, of: { endpointId: string; secretId: string }): SealedPlace {
  return { ownerId: workspaceId, kind: "webhook_secret", id: of.endpointId, name: of.secretId, version: 1 };
}
