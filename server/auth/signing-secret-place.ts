// Where a signing secret is sealed: bound to its workspace, its key and itself, so that moved to another row it does not open.
import type { SealedPlace } from "~/server/vault/vault";

export function signingSecretPlace(workspaceId: string, of: { keyId: string; secretId: string }): SealedPlace {
  return { ownerId: workspaceId, kind: "signing_secret", id: of.keyId, name: of.secretId, version: 1 };
}
