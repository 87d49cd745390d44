// Where a webhook's address is sealed: bound to its workspace and its endpoint, so that moved to another row it does not open.
import type { SealedPlace } from "~/server/vault/vault";

export function webhookUrlPlace(workspaceId: string, endpointId: string): SealedPlace {
  return { ownerId: workspaceId, kind: "webhook_url", id: endpointId, name: "url", version: 1 };
}
