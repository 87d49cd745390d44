// A member as the caller sees them.
import { grantMay, holdsAllOf } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { MemberItem } from "./members.contract";

export function toMemberItem(scope: WorkspaceScope, row: Omit<MemberItem, "isYou" | "isManageable">): MemberItem {
  const isYou = scope.principal.kind === "user" && scope.principal.userId === row.userId;
  const isManageable = !isYou && grantMay(scope.grant, "member.manage") && holdsAllOf(scope.grant, row.role, row.areas);
  return { ...row, isYou, isManageable };
}
