// Corrects what calls were charged that had been cut off before anybody could say what they used, once their runtimes have reported (MISSION E3).
import { inTransaction, type Tx } from "~/db/transaction";
import { lockPeriodsAcrossWorkspaces, settleCallsAcrossWorkspaces } from "~/server/budgets/budgets.queries";
import type { Services } from "~/server/services";
import { acceptedPast } from "~/server/telemetry/telemetry-window";
import {
  type CorrectedCall,
  listAssumingWorkspacesAcrossWorkspaces,
  setReportedTokensIfAssumedAcrossWorkspaces,
} from "./assumed-calls.queries";

type Needs = Pick<Services, "across" | "clock">;

/** Longer than a gateway tries to write a call down, so that no report is taken for another call's of the same trace. */
export const settledAfterMs = 15_000;
/** Longer than any call, from when it was let through to its end. */
const callMsMax = 16 * 60_000;
/** In which nearly every runtime has reported. */
const soonMs = 5 * 60_000;
const workspacesMax = 500;
const callsMax = 10_000;
const nothing = { computeMs: 0, tokens: 0 };

/** `soon`: of calls that have just ended. `all`: of all that a late report may still tell of. Answers how many were corrected. */
export async function settleAssumedCalls(needs: Needs, which: "soon" | "all"): Promise<number> {
  const nowMs = needs.clock.now().getTime();
  const backMs = callMsMax + (which === "soon" ? soonMs : acceptedPast.backlogMs);
  const span = { from: new Date(nowMs - backMs), to: new Date(nowMs) };
  const endedBefore = new Date(nowMs - settledAfterMs);
  const assuming = await listAssumingWorkspacesAcrossWorkspaces(needs.across, span, workspacesMax);
  let corrected = 0;
  for (const { workspaceId, first, last } of assuming) {
    const wish = { workspaceId, from: first, to: last, endedBefore, limit: callsMax };
    corrected += await inTransaction(needs.across, (tx) => correct(needs, tx, wish));
  }
  return corrected;
}

type Wish = Parameters<typeof setReportedTokensIfAssumedAcrossWorkspaces>[1];

async function correct(needs: Needs, tx: Tx, wish: Wish): Promise<number> {
  const { workspaceId } = wish;
  await lockPeriodsAcrossWorkspaces(tx, [workspaceId]);
  const calls = await setReportedTokensIfAssumedAcrossWorkspaces(tx, wish);
  if (calls.length > 0) await settleCallsAcrossWorkspaces(tx, calls.map(correctionOf(workspaceId)), needs.clock.now());
  return calls.length;
}

function correctionOf(workspaceId: string) {
  return ({ startedAt, assumed, tokens }: CorrectedCall) => {
    return { workspaceId, startedAt, computeMs: 0, tokens: tokens - assumed, leaseId: null, hold: nothing, requests: 0 as const };
  };
}
