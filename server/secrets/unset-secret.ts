// Takes a secret's value away. Processes that run already keep what they were given until they start anew.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { SecretNameInput } from "./secrets.contract";
import { clearSealedValueIfSet, findAgentOfSecrets } from "./secrets.queries";
import { endCurrentVersion } from "./versions.queries";

/** Unsetting what is not set answers `NOT_FOUND`. */
export async function unsetSecret(
  services: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  input: SecretNameInput,
): Promise<void> {
  const { agentId, name } = input;
  const cleared = { agentId, name, updatedBy: scope.principal.userId, updatedAt: services.clock.now() };
  await inWorkspace(services.db, scope, async (tx) => {
    if (!(await findAgentOfSecrets(tx, scope, agentId))) throw notFound("agent");
    const row = await clearSealedValueIfSet(tx, scope, cleared);
    if (!row) throw notFound("secret");
    const { updatedBy: endedBy, updatedAt: endedAt } = cleared;
    await endCurrentVersion(tx, scope, { agentId, name, endedBy, endedAt, endedHow: "unset" });
    const metadata = { name, version: row.version };
    await recordAudit(tx, scope, { action: "secret.unset", targetKind: "agent", targetId: agentId, metadata });
  });
}
