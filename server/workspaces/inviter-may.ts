// Whether whoever invited may still give what they promised: an invitation is worth no more than its inviter is now.
import type { Role } from "~/db/tables/memberships";
import { grantMay, holdsAllOf, type MemberGrants, type RoleGrant } from "~/server/auth/permissions";

type Promised = { role: Role; inviterRole: Role | null; inviterAreas: MemberGrants };

export function inviterMay({ role, inviterRole, inviterAreas }: Promised): boolean {
  if (!inviterRole) return false;
  const grant: RoleGrant = { kind: "role", role: inviterRole, areas: inviterAreas };
  return grantMay(grant, "member.manage") && holdsAllOf(grant, role);
}
