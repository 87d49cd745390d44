// The runtimes as a member may know them: which are offered, which the plan includes, and how each was when it was last checked.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import { listRuntimeStates } from "./runtime-checks.queries";
import { shownRuntimes } from "./runtime-facts.contract";
import type { RuntimeState } from "./runtimes.contract";

/** Asks no provider. */
export async function listRuntimes(
  needs: Pick<Services, "db" | "clock" | "providers">,
  scope: WorkspaceScope,
): Promise<{ runtimes: RuntimeState[] }> {
  const { plan, checks } = await inWorkspace(needs.db, scope, async (tx) => ({
    plan: await readPlan(tx, scope.workspaceId, needs.clock.now()),
    checks: await listRuntimeStates(tx, scope),
  }));
  if (!plan) throw notFound("workspace");
  const offered = new Set(needs.providers.list().map((provider) => provider.runtime));
  const runtimes = shownRuntimes.map((runtime) => {
    const check = checks.find((row) => row.runtime === runtime);
    const isOffered = offered.has(runtime);
    return {
      runtime,
      isOffered,
      isPlanned: plan.plan.runtimes.includes(runtime),
      // What an installation no longer offers was checked once; that says nothing about now.
      check: check && isOffered ? { status: check.status, checkedAt: check.checkedAt, since: check.since } : null,
    };
  });
  return { runtimes };
}
