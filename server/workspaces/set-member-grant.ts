// Grants one member an area beside their role, or withholds it from them (MISSION A6).
import { inWorkspace, type Tx } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { holdsArea, isGrantable } from "~/server/auth/permissions";
import { grantAreaWords, roleWords } from "~/server/auth/role-words.contract";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import { toMemberItem } from "./member-item";
import type { MemberItem, SetMemberGrantInput } from "./members.contract";
import { deleteMemberGrant, upsertMemberGrant } from "./members.queries";
import { findManageableMember, lockStanding, type Member } from "./standing";

/** Whoever grants or withholds an area holds all of it; nobody decides about themselves. */
export async function setMemberGrant(
  services: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  input: SetMemberGrantInput,
): Promise<MemberItem> {
  return inWorkspace(services.db, scope, async (tx) => {
    const standing = await lockStanding(tx, scope, "grant.manage");
    const target = await findManageableMember(tx, scope, standing, input.userId);
    const { title } = grantAreaWords[input.area];
    if (!holdsArea(standing.grant, input.area)) {
      throw new AppError(
        "UNAUTHORIZED",
        `${title} is withheld from you, so you cannot decide about it for others. Ask an owner.`,
      );
    }
    if (!isGrantable(target.role, input.area)) {
      throw invalidField("area", `${title} cannot be granted to, or withheld from, the role ${roleWords[target.role].title}.`);
    }
    await writeGrant(tx, scope, { ...input, setBy: standing.actor.userId, setAt: services.clock.now() });
    await recordAudit(tx, scope, {
      action: "member.set_grant",
      targetKind: "user",
      targetId: target.userId,
      metadata: { area: input.area, setting: input.setting },
    });
    return toMemberItem(scope, { ...target, areas: areasAfter(target, input) });
  });
}

async function writeGrant(
  tx: Tx,
  scope: WorkspaceScope,
  { setting, ...grant }: SetMemberGrantInput & { setBy: string; setAt: Date },
): Promise<void> {
  if (setting === "as_role") await deleteMemberGrant(tx, scope, grant);
  else await upsertMemberGrant(tx, scope, { ...grant, isGranted: setting === "granted" });
}

function areasAfter(target: Member, { area, setting }: SetMemberGrantInput): Member["areas"] {
  const { [area]: _before, ...others } = target.areas;
  return setting === "as_role" ? others : { ...others, [area]: setting === "granted" };
}
