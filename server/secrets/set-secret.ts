// Gives a secret a new value: sealed in this very request, as a new version; nobody can read it back (MISSION F2, F3).
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { SecretSet, SetSecretInput } from "./secrets.contract";
import { lockAgentOfSecrets } from "./secrets.queries";
import { writeSecret } from "./write-secret";

export async function setSecret(
  services: Pick<Services, "db" | "vault" | "clock">,
  scope: WorkspaceScope,
  input: SetSecretInput,
): Promise<SecretSet> {
  const { agentId, name, value } = input;
  const expiresAt = input.expiresAt ? new Date(input.expiresAt) : null;
  return inWorkspace(services.db, scope, async (tx) => {
    if (!(await lockAgentOfSecrets(tx, scope, agentId))) throw notFound("agent");
    const version = await writeSecret(services, tx, scope, { agentId, name, value, expiresAt });
    const metadata = { name, version, ...(expiresAt ? { expiresAt } : {}) };
    await recordAudit(tx, scope, { action: "secret.set", targetKind: "agent", targetId: agentId, metadata });
    return { name, version };
  });
}
