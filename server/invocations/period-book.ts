// Which period each workspace is in and what runtimes reported of it, at most a second old: asked before every call, read in the background.
import { FreshCache } from "~/server/auth/fresh-cache";
import { findSpentAcrossWorkspaces } from "~/server/budgets/budgets.queries";
import type { PeriodUsage } from "~/server/plans/judge-act";
import { type Period, periodOf } from "~/server/plans/period-of";
import { findPlanRowAcrossWorkspaces, sumUsageAcrossWorkspaces } from "~/server/plans/plans.queries";
import type { Services } from "~/server/services";

export type KnownPeriod = {
  period: Period;
  /** What runtimes have reported so far, or what gateways counted where that is more. */
  usage: PeriodUsage;
};

/** No promise of what is known already. */
export type PeriodBook = { of(workspaceId: string): KnownPeriod | Promise<KnownPeriod> };

const entriesMax = 10_000;
const nothing: PeriodUsage = { requests: 0, tokens: 0, computeMs: 0 };
const unpaid = { periodStartsAt: null, periodEndsAt: null };

export function createPeriodBook(needs: Pick<Services, "across" | "clock" | "log">): PeriodBook {
  const byWorkspace = new FreshCache<KnownPeriod>({
    entriesMax,
    onRenewalError: (error) => needs.log.warn({ err: error }, "the usage of a period could not be read again"),
    load: async (workspaceId) => {
      const row = await findPlanRowAcrossWorkspaces(needs.across, workspaceId);
      if (!row) return null;
      const period = periodOf(row, needs.clock.now());
      const [reported, spent] = await Promise.all([
        sumUsageAcrossWorkspaces(needs.across, workspaceId, period.from),
        findSpentAcrossWorkspaces(needs.across, { workspaceId, periodFrom: period.from }),
      ]);
      return { period, usage: larger(reported, spent ?? nothing) };
    },
  });
  const isOver = ({ period }: KnownPeriod) => needs.clock.now() >= period.to;
  const read = async (workspaceId: string): Promise<KnownPeriod> => {
    const known = await byWorkspace.get(workspaceId);
    if (known && !isOver(known)) return known;
    // A period that has just ended is read anew: nothing of the next one is charged to it.
    byWorkspace.forget(workspaceId);
    const fresh = await byWorkspace.get(workspaceId);
    return fresh ?? { period: periodOf(unpaid, needs.clock.now()), usage: nothing };
  };
  return {
    of(workspaceId) {
      const known = byWorkspace.known(workspaceId);
      return known && !isOver(known) ? known : read(workspaceId);
    },
  };
}

function larger(one: PeriodUsage, other: PeriodUsage): PeriodUsage {
  return {
    requests: Math.max(one.requests, other.requests),
    tokens: Math.max(one.tokens, other.tokens),
    computeMs: Math.max(one.computeMs, other.computeMs),
  };
}
