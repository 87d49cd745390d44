// Says when a secret wants to be replaced, or that it does not: people are reminded before it, nothing stops at it.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { setExpiryIfSet } from "./expiry.queries";
import type { SetSecretExpiryInput } from "./secrets.contract";
import { findAgentOfSecrets } from "./secrets.queries";

/** What is not set does not expire: it answers `NOT_FOUND`. */
export async function setSecretExpiry(
  services: Pick<Services, "db">,
  scope: WorkspaceScope,
  { agentId, name, expiresAt: moment }: SetSecretExpiryInput,
): Promise<void> {
  const expiresAt = moment ? new Date(moment) : null;
  await inWorkspace(services.db, scope, async (tx) => {
    if (!(await findAgentOfSecrets(tx, scope, agentId))) throw notFound("agent");
    if (!(await setExpiryIfSet(tx, scope, { agentId, name, expiresAt }))) throw notFound("secret");
    const metadata = { name, expiresAt };
    await recordAudit(tx, scope, { action: "secret.set_expiry", targetKind: "agent", targetId: agentId, metadata });
  });
}
