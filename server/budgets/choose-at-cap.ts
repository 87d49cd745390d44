// What happens when a cap is reached: calls are refused, and owners are written to or not.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import type { ChooseAtCapInput } from "./budgets.contract";
import { upsertSettings } from "./sums.queries";

export async function chooseAtCap(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  { atCap }: ChooseAtCapInput,
): Promise<void> {
  await inWorkspace(needs.db, scope, async (tx) => {
    await upsertSettings(tx, scope, { atCap, setBy: scope.principal.userId, setAt: needs.clock.now() });
    await recordAudit(tx, scope, {
      action: "budget.choose",
      targetKind: "workspace",
      targetId: scope.workspaceId,
      metadata: { atCap },
    });
  });
}
