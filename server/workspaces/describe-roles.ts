// The table of who may do what, as the roles page shows it: from the one table that decides (MISSION A5).
import { grantAreas } from "~/db/tables/member-grants";
import { roles } from "~/db/tables/memberships";
import {
  actionMeanings,
  actions,
  areaAllows,
  grantMay,
  holdsAllOf,
  holdsArea,
  isGrantable,
  roleMay,
} from "~/server/auth/permissions";
import { grantAreaWords, roleWords } from "~/server/auth/role-words.contract";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { RoleTable } from "./members.contract";

export function describeRoles({ grant }: WorkspaceScope): RoleTable {
  const mayGive = grantMay(grant, "member.manage");
  return {
    roles: roles.map((role) => ({
      role,
      ...roleWords[role],
      isGivable: mayGive && holdsAllOf(grant, role),
      grantableAreas: grantAreas.filter((area) => isGrantable(role, area)),
    })),
    actions: actions.map((action) => ({
      action,
      meaning: actionMeanings[action],
      roles: roles.filter((role) => roleMay(role, action)),
      areas: grantAreas.filter((area) => areaAllows(area, action)),
    })),
    areas: grantAreas.map((area) => ({
      area,
      ...grantAreaWords[area],
      isGivable: grantMay(grant, "grant.manage") && holdsArea(grant, area),
    })),
  };
}
