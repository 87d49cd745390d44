// Holds what each runtime has placed against the rows: destroys what no deployment owns, places again what was lost (MISSION D6).
import type { StrayKind } from "~/db/tables/stray-placements";
import { AppError } from "~/server/errors";
import type { Provider } from "~/server/providers/provider";
import type { Services } from "~/server/services";
import { findStrays } from "./find-strays";
import { settleStray } from "./settle-stray";
import {
  deleteSettledBeforeAcrossWorkspaces,
  noteStrayAcrossWorkspaces,
  type Stray,
  settleUnseenAcrossWorkspaces,
} from "./strays.queries";

type Needs = Pick<Services, "across" | "clock" | "log" | "providers" | "blobs">;

/** A stray is acted upon when sweeps this far apart saw it: whatever was on its way has arrived by then. */
export const graceMs: Record<StrayKind, number> = { orphan: 10 * 60_000, stranger: Number.POSITIVE_INFINITY, lost: 60_000 };
/** Of one runtime in one sweep; the next goes on. */
export const settledMax = 50;
/** From so many on, half of a runtime looking unowned means that the rows are the wrong ones. */
const massMin = 10;
/** As the schedule has it. */
const everyMs = 5 * 60_000;
const keptMs = 30 * 24 * 60 * 60_000;

export type PlacementsReport = { placed: number; orphans: number; strangers: number; lost: number; settled: number };

/** Rejects with `CONFLICT` when a runtime could not be swept, after all others were. */
export async function sweepPlacements(needs: Needs): Promise<PlacementsReport> {
  const sum: PlacementsReport = { placed: 0, orphans: 0, strangers: 0, lost: 0, settled: 0 };
  const troubles: string[] = [];
  for (const provider of needs.providers.list()) {
    const trouble = await sweepRuntime(needs, provider, sum).catch((error: unknown) => {
      needs.log.warn({ err: error, runtime: provider.runtime }, "the placements of a runtime could not be swept");
      return error instanceof AppError ? error.message : "It failed on our side; the log of the worker says why.";
    });
    if (trouble !== null) troubles.push(`${provider.runtime}: ${trouble}`);
  }
  await deleteSettledBeforeAcrossWorkspaces(needs.across, new Date(needs.clock.now().getTime() - keptMs));
  if (sum.orphans + sum.strangers + sum.lost > 0) needs.log.info(sum, "swept placements");
  if (troubles.length > 0) throw new AppError("CONFLICT", troubles.join(" "), { details: { reason: "placements_not_swept" } });
  return sum;
}

/** Answers why nothing was destroyed there, or null. */
async function sweepRuntime(needs: Needs, provider: Provider, sum: PlacementsReport): Promise<string | null> {
  const at = needs.clock.now();
  const { placed, strays } = await findStrays(needs, provider);
  const [untried, failed]: [Stray[], Stray[]] = [[], []];
  for (const stray of strays) {
    const { since, hasFailed } = await noteStrayAcrossWorkspaces(needs.across, stray, at);
    if (at.getTime() - since.getTime() >= graceMs[stray.kind]) (hasFailed ? failed : untried).push(stray);
  }
  await settleUnseenAcrossWorkspaces(needs.across, provider.runtime, at);
  const unowned = strays.filter(({ kind }) => kind === "orphan").length;
  sum.placed += placed;
  sum.orphans += unowned;
  sum.strangers += strays.filter(({ kind }) => kind === "stranger").length;
  sum.lost += strays.filter(({ kind }) => kind === "lost").length;
  const isMass = unowned >= massMin && unowned * 2 > placed;
  // What never goes away does not keep the others waiting.
  const due = [...untried, ...turned(failed, at)].filter(({ kind }) => kind === "lost" || !isMass);
  for (const stray of due.slice(0, settledMax)) sum.settled += (await settleStray(needs, provider, stray)) ? 1 : 0;
  return isMass ? massWords(unowned, placed) : null;
}

/** Each sweep begins elsewhere. */
function turned(strays: readonly Stray[], at: Date): Stray[] {
  const start = (Math.floor(at.getTime() / everyMs) * settledMax) % Math.max(strays.length, 1);
  return [...strays.slice(start), ...strays.slice(0, start)];
}

function massWords(unowned: number, placed: number): string {
  return (
    `${unowned} of its ${placed} placements belong to no deployment, so none was destroyed. ` +
    "Is this the right database? If it is, remove them at the provider, or wait: the sweep goes on once fewer than half are unowned."
  );
}
