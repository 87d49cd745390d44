// Lets one member, or everybody with a role, reach a connected system (MISSION A6).
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { grantMay } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { findMember } from "./members.queries";
import { lockStanding } from "./standing";
import type { GrantSystemInput, SystemGrantItem } from "./system-grants.contract";
import { insertSystemGrantIfAbsent } from "./system-grants.queries";

type GrantedWish = Pick<GrantSystemInput, "systemId" | "access" | "userId" | "role">;

/**
 * Throws `NOT_FOUND` for somebody who is no member, `CONFLICT` when the very same is granted already, `UNAUTHORIZED` when what is
 * granted is withheld from whoever grants it.
 */
export async function grantSystem(
  services: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  { systemId, access, ...to }: GrantedWish,
): Promise<SystemGrantItem> {
  return inWorkspace(services.db, scope, async (tx) => {
    const { actor, grant: held } = await lockStanding(tx, scope, "grant.manage");
    if (access === "configure" && !grantMay(held, "integration.configure")) throw withheldFromYou();
    const { userId = null, role = null } = to;
    if (userId !== null && !(await findMember(tx, scope, userId))) throw notFound("member");
    const grant = { systemId, access, userId, role };
    const row = { id: newId("systemGrant"), ...grant, grantedBy: actor.userId, createdAt: services.clock.now() };
    const inserted = await insertSystemGrantIfAbsent(tx, scope, row);
    if (!inserted) throw new AppError("CONFLICT", "This is granted already. Nothing was changed.");
    const target = { targetKind: "connected_system", targetId: systemId };
    await recordAudit(tx, scope, { action: "system_grant.create", ...target, metadata: { access, userId, role } });
    return inserted;
  });
}

function withheldFromYou(): AppError {
  const message = "Configuring systems is withheld from you, so you cannot grant it, to yourself neither. Ask an owner.";
  return new AppError("UNAUTHORIZED", message, { details: { reason: "area_withheld" } });
}
