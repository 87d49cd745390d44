// Settles what gateways held that are dead: calls that runtimes reported are charged and written down, the rest goes back (MISSION E3).
import { inTransaction, type Tx } from "~/db/transaction";
import { lockPeriodsAcrossWorkspaces, settleCallsAcrossWorkspaces } from "~/server/budgets/budgets.queries";
import { idPrefixes } from "~/server/ids";
import type { Services } from "~/server/services";
import {
  endHoldAcrossWorkspaces,
  insertRecoveredAcrossWorkspaces,
  type LeaseRow,
  type LostCall,
  listExpiredLeasesAcrossWorkspaces,
  listLostCallsAcrossWorkspaces,
  takeExpiredLeaseAcrossWorkspaces,
} from "./lost-calls.queries";

type Needs = Pick<Services, "across" | "clock" | "log">;

/** After the last call of a lease can have ended: clocks that differ, and reports that are on their way. Until then all that it held counts as spent. */
export const settledAfterMs = 60_000;
const leasesMax = 500;
const callsMax = 10_000;
const nothing = { computeMs: 0, tokens: 0 };

/**
 * Answers how many leases were settled. Safe to run at any time, also twice at once. `upForMs`: how long the process that asks has run. Where
 * all of an installation was down, it takes a while until runtimes have brought what they kept meanwhile, and a call that is not found once
 * is not looked for again.
 */
export async function settleLostLeases(needs: Needs, upForMs = settledAfterMs): Promise<number> {
  if (upForMs < settledAfterMs) return 0;
  const before = new Date(needs.clock.now().getTime() - settledAfterMs);
  const leases = await listExpiredLeasesAcrossWorkspaces(needs.across, before, leasesMax);
  for (const lease of leases) await inTransaction(needs.across, (tx) => settle(needs, tx, { lease, before }));
  return leases.length;
}

async function settle(
  needs: Needs,
  tx: Tx,
  { lease: { id, workspaceId }, before }: { lease: LeaseRow; before: Date },
): Promise<void> {
  await lockPeriodsAcrossWorkspaces(tx, [workspaceId]);
  const lease = await takeExpiredLeaseAcrossWorkspaces(tx, id, before);
  if (!lease) return;
  await endHoldAcrossWorkspaces(tx, lease);
  if (lease.requestsHeld === 0) return;
  const span = { workspaceId, from: lease.takenAt, to: lease.expiresAt };
  const limit = Math.min(callsMax, lease.requestsHeld);
  const lost = await recover(tx, lease, await listLostCallsAcrossWorkspaces(tx, { ...span, limit }));
  const calls = lost.map(({ occurredAt: startedAt, computeMs, tokens }) => {
    return { workspaceId, startedAt, computeMs, tokens, leaseId: null, hold: nothing, requests: 1 as const };
  });
  await settleCallsAcrossWorkspaces(tx, calls, needs.clock.now());
  const { requestsHeld } = lease;
  needs.log.warn({ workspaceId, requestsHeld, recovered: lost.length }, "settled what a lost gateway held of a budget");
}

/** Named after its report, so that no report becomes two calls. */
async function recover(tx: Tx, { workspaceId }: LeaseRow, lost: LostCall[]): Promise<LostCall[]> {
  if (lost.length === 0) return [];
  const idOfCall = ({ eventId }: LostCall) => `${idPrefixes.invocation}_${eventId.slice(idPrefixes.event.length + 1)}`;
  const rows = lost.map((call) => ({ ...call, id: idOfCall(call), workspaceId }));
  const fresh = new Set(await insertRecoveredAcrossWorkspaces(tx, rows));
  return lost.filter((call) => fresh.has(idOfCall(call)));
}
