// The workspace that the caller is in, with the caller's own role.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { WorkspaceItem } from "./workspaces.contract";
import { findWorkspace } from "./workspaces.queries";

/** An API key has no role; it is shown as a member. */
export async function getWorkspace(services: Pick<Services, "db">, scope: WorkspaceScope): Promise<WorkspaceItem> {
  const row = await inWorkspace(services.db, scope.workspaceId, (tx) => findWorkspace(tx, scope));
  if (!row) throw notFound("workspace");
  return { ...row, role: scope.grant.kind === "role" ? scope.grant.role : "member" };
}
