// Limits of one workspace as a test wants them.
import type { PlanChanges } from "~/server/plans/plan.contract";
import type { TestServices } from "./test-services";

export async function overrideLimits(
  { owner, clock }: TestServices,
  workspace: { id: string; owner: { id: string } },
  changes: PlanChanges,
): Promise<void> {
  const override = { changes: JSON.stringify(changes), reason: "a test", setBy: workspace.owner.id, setAt: clock.now() };
  await owner
    .insertInto("planOverrides")
    .values({ workspaceId: workspace.id, ...override })
    .onConflict((conflict) => conflict.column("workspaceId").doUpdateSet(override))
    .execute();
}
