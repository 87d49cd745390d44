// Takes a grant of a connected system back; the next use finds it gone.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { lockStanding } from "./standing";
import { deleteSystemGrant } from "./system-grants.queries";

export async function withdrawSystem(
  services: Pick<Services, "db">,
  scope: WorkspaceScope,
  { grantId }: { grantId: string },
): Promise<void> {
  await inWorkspace(services.db, scope, async (tx) => {
    await lockStanding(tx, scope, "grant.manage");
    const deleted = await deleteSystemGrant(tx, scope, grantId);
    if (!deleted) throw notFound("grant");
    const { systemId, access, userId, role } = deleted;
    const target = { targetKind: "connected_system", targetId: systemId };
    await recordAudit(tx, scope, { action: "system_grant.delete", ...target, metadata: { access, userId, role } });
  });
}
