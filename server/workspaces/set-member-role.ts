// Gives a member another role. Nobody gives a role, or takes one, that may do more than they may themselves (MISSION A7).
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { assertRecentlyProven } from "~/server/auth/assert-recently-proven";
import { holdsAllOf } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { assertOwnerRemains } from "./assert-owner-remains";
import { toMemberItem } from "./member-item";
import type { MemberItem, SetMemberRoleInput } from "./members.contract";
import { setMemberRole as setMemberRoleRow } from "./members.queries";
import { findManageableMember, lockStanding } from "./standing";
import { roleChangedLetter } from "./workspace-letters";
import { workspaceNameOf } from "./workspace-name-of";

type Needs = Pick<Services, "db" | "clock" | "config" | "mailer">;

/** Making or unmaking an owner asks for a fresh proof (MISSION B7). Grants beside the old role end with it. */
export async function setMemberRole(services: Needs, scope: WorkspaceScope, input: SetMemberRoleInput): Promise<MemberItem> {
  return inWorkspace(services.db, scope, async (tx) => {
    const standing = await lockStanding(tx, scope, "member.manage");
    const target = await findManageableMember(tx, scope, standing, input.userId);
    if (target.role === input.role) return toMemberItem(scope, target);
    if (!holdsAllOf(standing.grant, input.role)) {
      throw new AppError("UNAUTHORIZED", `The role ${input.role} may do more here than you. Ask an owner of the workspace.`);
    }
    if (target.role === "owner" || input.role === "owner") assertRecentlyProven(services, scope.principal);
    if (target.role === "owner") await assertOwnerRemains(tx, scope);
    await setMemberRoleRow(tx, scope, input);
    const change = { from: target.role, to: input.role };
    await recordAudit(tx, scope, { action: "member.set_role", targetKind: "user", targetId: target.userId, metadata: change });
    const workspaceName = await workspaceNameOf(tx, scope);
    const news = { to: target, by: standing.actor, workspaceName, workspaceId: scope.workspaceId };
    await services.mailer.send(
      tx,
      roleChangedLetter(services.config.publicUrl, { ...news, from: target.role, role: input.role }),
    );
    return toMemberItem(scope, { ...target, role: input.role, areas: {} });
  });
}
