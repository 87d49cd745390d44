// The words of members, their roles and their grants, shared with the browser.
import { z } from "zod";
import { roles } from "~/db/tables/memberships";
import { GrantAreaName, RoleName } from "~/server/auth/roles.contract";
import { Moment } from "~/server/zod-shapes";

export const MemberItem = z.object({
  userId: z.string(),
  email: z.string(),
  displayName: z.string(),
  role: z.enum(roles),
  joinedAt: Moment,
  /** Areas that were granted (true) or withheld (false) beside the role. */
  areas: z.partialRecord(GrantAreaName, z.boolean()),
  isYou: z.boolean(),
  /** Whether the caller may change this member's role and grants, and remove them. */
  isManageable: z.boolean(),
});
export type MemberItem = z.infer<typeof MemberItem>;

export const MemberInput = z.object({ userId: z.string().max(40) });
export const SetMemberRoleInput = MemberInput.extend({ role: RoleName });
export type SetMemberRoleInput = z.infer<typeof SetMemberRoleInput>;

export const grantSettings = ["as_role", "granted", "withheld"] as const;
export type GrantSetting = (typeof grantSettings)[number];
export const SetMemberGrantInput = MemberInput.extend({ area: GrantAreaName, setting: z.enum(grantSettings) });
export type SetMemberGrantInput = z.infer<typeof SetMemberGrantInput>;

/** How many people a workspace may have. */
export const membersMax = 500;

/** The table of who may do what, as people read it. */
export const RoleTable = z.object({
  roles: z.array(
    z.object({
      role: RoleName,
      title: z.string(),
      summary: z.string(),
      presetOf: z.string().nullable(),
      /** Whether the caller may give this role, to members and by invitation. */
      isGivable: z.boolean(),
      grantableAreas: z.array(GrantAreaName),
    }),
  ),
  actions: z.array(
    z.object({ action: z.string(), meaning: z.string(), roles: z.array(RoleName), areas: z.array(GrantAreaName) }),
  ),
  areas: z.array(z.object({ area: GrantAreaName, title: z.string(), summary: z.string(), isGivable: z.boolean() })),
});
export type RoleTable = z.infer<typeof RoleTable>;
