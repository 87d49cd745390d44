// What the scope's workspace is called, for letters.
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import { findWorkspace } from "./workspaces.queries";

export async function workspaceNameOf(tx: Tx, scope: WorkspaceScope): Promise<string> {
  const workspace = await findWorkspace(tx, scope);
  if (!workspace) throw notFound("workspace");
  return workspace.name;
}
