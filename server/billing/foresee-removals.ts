// What another plan would remove for good, by the rules that remove it: versions it does not keep, and what is older than it keeps it (AHEAD 15).
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { choosePruned } from "~/server/deployments/choose-pruned";
import { listPrunable } from "~/server/deployments/prune.queries";
import { keptSince } from "~/server/plans/kept-since";
import type { Plan } from "~/server/plans/plan.contract";
import type { AgedThings, PlanRemovals } from "./billing.contract";
import { countAged } from "./removals.queries";

/** More than the largest plan keeps. */
const versionsMax = 20_000;
const countedMax = 1_000;

type PrunableRow = Awaited<ReturnType<typeof listPrunable>>[number];
type Asked = { plans: readonly Plan[]; current: Plan; now: Date };

/** One answer for each plan, in their order. */
export async function foreseeRemovals(tx: Tx, scope: WorkspaceScope, { plans, current, now }: Asked): Promise<PlanRemovals[]> {
  const versions = await listPrunable(tx, scope, versionsMax);
  const removals: PlanRemovals[] = [];
  for (const plan of plans) {
    const aged = await readAged(tx, scope, { plan, current, now });
    removals.push({ versions: prunedOf(versions, plan.deploymentsKeptMax), aged });
  }
  return removals;
}

/** Agent by agent, as they are pruned. */
function prunedOf(rows: readonly PrunableRow[], keptMax: number): PlanRemovals["versions"] {
  const agents = new Map<string, PrunableRow[]>();
  for (const row of rows) agents.set(row.agentId, [...(agents.get(row.agentId) ?? []), row]);
  return [...agents].flatMap(([agentId, versions]) => {
    const numbers = choosePruned(versions, keptMax).map(({ version }) => version);
    const agentName = versions[0]?.agentName ?? "";
    if (numbers.length === 0) return [];
    return [{ agentId, agentName, count: numbers.length, oldest: Math.min(...numbers), newest: Math.max(...numbers) }];
  });
}

async function readAged(tx: Tx, scope: WorkspaceScope, { plan, current, now }: Omit<Asked, "plans"> & { plan: Plan }) {
  const readableSince = keptSince(current, now).output;
  const conversationDays = plan.logRetentionDays;
  const counts = await countAged(tx, scope, {
    since: keptSince(plan, now),
    readableSince,
    conversationDays,
    now,
    limit: countedMax,
  });
  const things: AgedThings[] = [
    { kind: "calls", keptDays: plan.telemetryRetentionDays, count: counts.calls },
    { kind: "output", keptDays: plan.logRetentionDays, count: counts.output },
    { kind: "deployment_lines", keptDays: plan.logRetentionDays, count: counts.deploymentLogs },
    { kind: "conversations", keptDays: plan.logRetentionDays, count: counts.conversations },
  ];
  return things.filter(({ count }) => count > 0);
}
