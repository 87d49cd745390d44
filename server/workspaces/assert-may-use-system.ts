// The one question asked before a connected system is used, read or configured: was that granted, explicitly (MISSION A6)?

import type { SystemAccess } from "~/db/tables/connected-system-grants";
import type { Tx } from "~/db/transaction";
import { grantMay, isGrantable } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import { listAccessesToSystem } from "./system-grants.queries";

export type SystemWish = { systemId: string; access: SystemAccess };

/**
 * No role reaches a system by itself, an owner's neither; only configuring also follows from `integration.configure`. A key
 * reaches what whoever made it was granted, as long as they are a member. Keys and support configure nothing. Throws `NOT_FOUND`
 * to whom nothing of the system was granted, `UNAUTHORIZED` to whom something else of it was.
 */
export async function assertMayUseSystem(tx: Tx, scope: WorkspaceScope, { systemId, access }: SystemWish): Promise<void> {
  const { principal, grant } = scope;
  const configures = access === "configure";
  if (configures && principal.kind === "user" && grantMay(grant, "integration.configure")) return;
  const granted = await listAccessesToSystem(tx, scope, { systemId, userId: principal.userId });
  if (granted.length === 0) throw notFound("connected system");
  const mayConfigure = principal.kind === "user" && grant.kind === "role" && isGrantable(grant.role, "integrations");
  if (granted.includes(access) && (!configures || mayConfigure)) return;
  throw new AppError("UNAUTHORIZED", `What was granted to you of this system does not include "${access}". Ask an admin.`);
}
