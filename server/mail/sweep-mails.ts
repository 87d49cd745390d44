// Rings for letters that are due, whatever became of their first ring, and forgets old ones.
import type { Services } from "~/server/services";
import { deliverMailJob } from "./mail.jobs";
import {
  deleteMailsBeforeAcrossWorkspaces,
  listDueMailsAcrossWorkspaces,
  setQueuedMailsHeldAcrossWorkspaces,
} from "./mail.queries";

/** Every link in a letter has expired long before; what is older is only other people's addresses. */
const keptMs = 7 * 24 * 60 * 60 * 1_000;
const rungMax = 500;

/** Idempotent: a letter whose turn is taken is not due. */
export async function sweepMails(needs: Pick<Services, "across" | "clock" | "queue" | "mailer">): Promise<void> {
  const now = needs.clock.now();
  await deleteMailsBeforeAcrossWorkspaces(needs.across, new Date(now.getTime() - keptMs));
  if (!needs.mailer.carrier) return setQueuedMailsHeldAcrossWorkspaces(needs.across);
  const due = await listDueMailsAcrossWorkspaces(needs.across, { now, limit: rungMax });
  for (const { id } of due) await needs.queue.ring(deliverMailJob, { mailId: id });
}
