// The history of one secret: who set which version, when an agent was given it last, and how it ended. Never a value.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { SecretNameInput, SecretVersionItem } from "./secrets.contract";
import { findAgentOfSecrets } from "./secrets.queries";
import { listVersionRows } from "./versions.queries";

const versionsMax = 100;

export async function listSecretVersions(
  services: Pick<Services, "db">,
  scope: WorkspaceScope,
  { agentId, name }: SecretNameInput,
): Promise<{ items: SecretVersionItem[] }> {
  return inWorkspace(services.db, scope, async (tx) => {
    if (!(await findAgentOfSecrets(tx, scope, agentId))) throw notFound("agent");
    const rows = await listVersionRows(tx, scope, { agentId, name }, versionsMax);
    const items = rows.map(({ setByName, endedByName, ...row }) => ({
      ...row,
      setBy: setByName ?? row.setBy,
      endedBy: endedByName ?? row.endedBy,
    }));
    return { items };
  });
}
