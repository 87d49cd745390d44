// Lets go of what no law wants any more: records after seven years, events, alerts, and accounts of workspaces long gone (MISSION J2).
import type { Services } from "~/server/services";
import { deleteOldEventsAcrossWorkspaces } from "./events.queries";
import { deleteForgettableAccountsAcrossWorkspaces } from "./gone-workspaces.queries";
import { deleteRecordsPastAcrossWorkspaces } from "./records.queries";
import { recordsKeptSince } from "./records-kept-since";
import { deleteOldSpendAlertsAcrossWorkspaces } from "./spend.queries";

const dayMs = 86_400_000;
const eventsKeptMs = 90 * dayMs;
const alertsKeptMs = 395 * dayMs;
/** Longer than any payment that was begun could still take. */
const emptyAccountsKeptMs = 30 * dayMs;
const deletedMax = 5_000;

/**
 * An account of a workspace that is gone stays as long as a record of it does: a refund that comes late finds by it whose it is.
 * Records go first, so an account goes in the same run as its last record.
 */
export async function forgetBilling({ across, clock, log }: Pick<Services, "across" | "clock" | "log">): Promise<void> {
  const now = clock.now();
  const before = (ms: number) => new Date(now.getTime() - ms);
  const forgotten = {
    events: await deleteOldEventsAcrossWorkspaces(across, before(eventsKeptMs), deletedMax),
    alerts: await deleteOldSpendAlertsAcrossWorkspaces(across, before(alertsKeptMs), deletedMax),
    records: await deleteRecordsPastAcrossWorkspaces(across, recordsKeptSince(now), deletedMax),
    accounts: await deleteForgettableAccountsAcrossWorkspaces(across, before(emptyAccountsKeptMs), deletedMax),
  };
  if (Object.values(forgotten).some((rows) => rows > 0)) log.info(forgotten, "billing rows past their time were deleted");
}
