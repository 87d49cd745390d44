// Where an agent's secret belongs: its sealed value opens here and nowhere else.
import type { SealedPlace } from "~/server/vault/vault";

export type SecretIdentity = { workspaceId: string; agentId: string; name: string; version: number };

export function secretPlace(secret: SecretIdentity): SealedPlace {
  return { ownerId: secret.workspaceId, kind: "agent_secret", id: secret.agentId, name: secret.name, version: secret.version };
}
