// Gives the workspace another name.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import { getWorkspace } from "./get-workspace";
import type { CurrentWorkspace } from "./workspaces.contract";
import { setWorkspaceName } from "./workspaces.queries";

export async function renameWorkspace(
  services: Pick<Services, "db">,
  scope: WorkspaceScope,
  input: { name: string },
): Promise<CurrentWorkspace> {
  const before = await getWorkspace(services, scope);
  await inWorkspace(services.db, scope, async (tx) => {
    await setWorkspaceName(tx, scope, input.name);
    await recordAudit(tx, scope, {
      action: "workspace.rename",
      targetKind: "workspace",
      targetId: scope.workspaceId,
      metadata: { from: before.name, to: input.name },
    });
  });
  return { ...before, name: input.name };
}
