// The signing secrets of one key: when they were made and used, never what they are.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import { readApiKey } from "./read-api-key";
import type { SigningSecretItem } from "./signing.contract";
import { listSigningSecrets as listRows } from "./signing.queries";
import { signingSecretsMax } from "./signing-words.contract";

export function listSigningSecrets(
  services: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  { keyId }: { keyId: string },
): Promise<SigningSecretItem[]> {
  return inWorkspace(services.db, scope, async (tx) => {
    await readApiKey(tx, scope, keyId, services.clock.now());
    return listRows(tx, scope, keyId, signingSecretsMax);
  });
}
