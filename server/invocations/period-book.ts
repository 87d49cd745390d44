// What each workspace has used of its period, at most a second old: asked before every call, read in the background.
import { FreshCache } from "~/server/auth/fresh-cache";
import type { PeriodUsage } from "~/server/plans/judge-act";
import { sumUsageAcrossWorkspaces } from "~/server/plans/plans.queries";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";

export type PeriodBook = {
  /** As runtimes have reported it so far; calls under way are not in it. */
  usageOf(workspaceId: string): Promise<PeriodUsage>;
};

const entriesMax = 10_000;
const nothing: PeriodUsage = { requests: 0, tokens: 0, computeMs: 0 };

export function createPeriodBook(needs: Pick<Services, "across" | "clock" | "log">): PeriodBook {
  const byWorkspace = new FreshCache<PeriodUsage>({
    entriesMax,
    onRenewalError: (error) => needs.log.warn({ err: error }, "the usage of a period could not be read again"),
    load: async (workspaceId) => {
      const current = await readPlan(needs.across, workspaceId, needs.clock.now());
      return current ? sumUsageAcrossWorkspaces(needs.across, workspaceId, current.period.from) : null;
    },
  });
  return { usageOf: async (workspaceId) => (await byWorkspace.get(workspaceId)) ?? nothing };
}
