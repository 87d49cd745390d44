// Gives several secrets of an agent new values in one act: all of them, or none (MISSION F2).
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { SecretSet, SetManySecretsInput } from "./secrets.contract";
import { lockAgentOfSecrets } from "./secrets.queries";
import { writeSecret } from "./write-secret";

/** In the order of their names, whatever order they came in: two such acts at once wait for each other and never deadlock. */
export async function setManySecrets(
  services: Pick<Services, "db" | "vault" | "clock">,
  scope: WorkspaceScope,
  { agentId, secrets }: SetManySecretsInput,
): Promise<{ items: SecretSet[] }> {
  const sorted = [...secrets].sort((one, other) => (one.name < other.name ? -1 : 1));
  return inWorkspace(services.db, scope, async (tx) => {
    if (!(await lockAgentOfSecrets(tx, scope, agentId))) throw notFound("agent");
    const items: SecretSet[] = [];
    for (const { name, value } of sorted) {
      const version = await writeSecret(services, tx, scope, { agentId, name, value, expiresAt: null });
      // One entry for each, so that the log is searched by name.
      const metadata = { name, version, setTogether: secrets.length };
      await recordAudit(tx, scope, { action: "secret.set", targetKind: "agent", targetId: agentId, metadata });
      items.push({ name, version });
    }
    return { items };
  });
}
