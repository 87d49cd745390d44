// Takes somebody out of the workspace: what they hold open ends within a second, and the keys they made are flagged by it (MISSION A7).
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { assertRecentlyProven } from "~/server/auth/assert-recently-proven";
import type { WorkspaceScope } from "~/server/auth/scope";
import { announceCut } from "~/server/incidents/announce-cut";
import type { Services } from "~/server/services";
import { assertOwnerRemains } from "./assert-owner-remains";
import { deleteMember } from "./members.queries";
import { findManageableMember, lockStanding } from "./standing";
import { removedLetter } from "./workspace-letters";
import { workspaceNameOf } from "./workspace-name-of";

type Needs = Pick<Services, "db" | "clock" | "mailer" | "redis" | "log">;

/** Removing an owner asks for a fresh proof. The keys that they made keep working until somebody revokes them. */
export async function removeMember(services: Needs, scope: WorkspaceScope, input: { userId: string }): Promise<void> {
  await inWorkspace(services.db, scope, async (tx) => {
    const standing = await lockStanding(tx, scope, "member.manage");
    const target = await findManageableMember(tx, scope, standing, input.userId);
    if (target.role === "owner") {
      assertRecentlyProven(services, scope.principal);
      await assertOwnerRemains(tx, scope);
    }
    await deleteMember(tx, scope, target.userId);
    const metadata = { role: target.role };
    await recordAudit(tx, scope, { action: "member.remove", targetKind: "user", targetId: target.userId, metadata });
    const workspaceName = await workspaceNameOf(tx, scope);
    await services.mailer.send(tx, removedLetter({ to: target, by: standing.actor, workspaceName }));
  });
  await announceCut(services, { kind: "membership", id: `${input.userId}/${scope.workspaceId}` });
}
