// Roles and areas as inputs of procedures.
import { z } from "zod";
import { grantAreas } from "~/db/tables/member-grants";
import { roles } from "~/db/tables/memberships";

export const RoleName = z.enum(roles);
export const GrantAreaName = z.enum(grantAreas);
