// The workspace that the caller is in, with the caller's own role and what it allows.
import { inWorkspace } from "~/db/transaction";
import { actions, grantMay } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { CurrentWorkspace } from "./workspaces.contract";
import { findWorkspace } from "./workspaces.queries";

/** An API key has no role; it is shown as a member, and may what its preset allows. */
export async function getWorkspace(services: Pick<Services, "db">, scope: WorkspaceScope): Promise<CurrentWorkspace> {
  const row = await inWorkspace(services.db, scope, (tx) => findWorkspace(tx, scope));
  if (!row) throw notFound("workspace");
  const { grant } = scope;
  return {
    ...row,
    role: grant.kind === "role" ? grant.role : "member",
    may: actions.filter((action) => grantMay(grant, action)),
  };
}
