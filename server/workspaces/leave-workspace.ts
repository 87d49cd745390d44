// Leaves the workspace; its last owner cannot.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { announceCut } from "~/server/incidents/announce-cut";
import type { Services } from "~/server/services";
import { assertOwnerRemains } from "./assert-owner-remains";
import { deleteMember } from "./members.queries";
import { lockStanding } from "./standing";

type Needs = Pick<Services, "db" | "redis" | "log">;

/** Of two owners who leave at once exactly one does. */
export async function leaveWorkspace(services: Needs, scope: WorkspaceScope): Promise<void> {
  const { userId } = scope.principal;
  await inWorkspace(services.db, scope, async (tx) => {
    const { actor } = await lockStanding(tx, scope, "workspace.leave");
    if (actor.role === "owner") await assertOwnerRemains(tx, scope);
    await deleteMember(tx, scope, userId);
    await recordAudit(tx, scope, {
      action: "member.leave",
      targetKind: "user",
      targetId: userId,
      metadata: { role: actor.role },
    });
  });
  await announceCut(services, { kind: "membership", id: `${userId}/${scope.workspaceId}` });
}
