// Rings for deliveries that are due, whatever became of their first ring, and forgets old ones.
import type { Services } from "~/server/services";
import { deleteDeliveriesBeforeAcrossWorkspaces, listDueDeliveriesAcrossWorkspaces } from "./sending.queries";
import { deliveriesKeptDays } from "./webhook-words.contract";
import { deliverWebhookJob } from "./webhooks.jobs";

const dayMs = 24 * 60 * 60_000;
const rungMax = 500;
/** More than a worker sends of one workspace until the next sweep. */
const rungOfOneMax = 20;

/** Idempotent: a delivery whose turn is taken is not due. */
export async function sweepWebhooks(needs: Pick<Services, "across" | "clock" | "queue">): Promise<void> {
  const now = needs.clock.now();
  await deleteDeliveriesBeforeAcrossWorkspaces(needs.across, new Date(now.getTime() - deliveriesKeptDays * dayMs));
  const due = await listDueDeliveriesAcrossWorkspaces(needs.across, { now, ofOneMax: rungOfOneMax, limit: rungMax });
  for (const { id } of due) await needs.queue.ring(deliverWebhookJob, { deliveryId: id });
}
