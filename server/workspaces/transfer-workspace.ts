// Hands the workspace over: another member becomes owner, whoever was it stays as an admin (MISSION A7, B7).
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import { setMemberRole } from "./members.queries";
import { findManageableMember, lockStanding } from "./standing";
import { transferredLetters } from "./workspace-letters";
import { workspaceNameOf } from "./workspace-name-of";

type Needs = Pick<Services, "db" | "config" | "mailer">;

/** Throws `NOT_FOUND` for somebody who is no member. */
export async function transferWorkspace(services: Needs, scope: WorkspaceScope, input: { userId: string }): Promise<void> {
  await inWorkspace(services.db, scope, async (tx) => {
    const standing = await lockStanding(tx, scope, "workspace.transfer");
    const target = await findManageableMember(tx, scope, standing, input.userId);
    // In this order the workspace has an owner at every moment.
    await setMemberRole(tx, scope, { userId: target.userId, role: "owner" });
    await setMemberRole(tx, scope, { userId: standing.actor.userId, role: "admin" });
    await recordAudit(tx, scope, {
      action: "workspace.transfer",
      targetKind: "user",
      targetId: target.userId,
      metadata: { from: standing.actor.userId, roleBefore: target.role },
    });
    const workspaceName = await workspaceNameOf(tx, scope);
    const news = { to: target, by: standing.actor, workspaceName, workspaceId: scope.workspaceId };
    for (const letter of transferredLetters(services.config.publicUrl, news)) await services.mailer.send(tx, letter);
  });
}
