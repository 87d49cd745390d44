// The words of who may reach which connected system, shared with the browser.
import { z } from "zod";
import { systemAccesses } from "~/db/tables/connected-system-grants";
import { RoleName } from "~/server/auth/roles.contract";
import { idOf } from "~/server/ids";
import { Moment } from "~/server/zod-shapes";

export const SystemGrantItem = z.object({
  grantId: z.string(),
  systemId: z.string(),
  userId: z.string().nullable(),
  role: RoleName.nullable(),
  access: z.enum(systemAccesses),
  createdAt: Moment,
});
export type SystemGrantItem = z.infer<typeof SystemGrantItem>;

/** Either one member or everybody with a role. */
export const GrantSystemInput = z
  .object({
    systemId: idOf("connectedSystem"),
    userId: z.string().max(40).optional(),
    role: RoleName.optional(),
    access: z.enum(systemAccesses),
  })
  .refine(({ userId, role }) => (userId === undefined) !== (role === undefined), "Name either a member or a role.");
export type GrantSystemInput = z.infer<typeof GrantSystemInput>;
export const SystemGrantIdInput = z.object({ grantId: z.string().max(40) });
