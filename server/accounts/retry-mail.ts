// Sends a letter on its way again that had been given up.
import { afterCommit } from "~/db/after-commit";
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { notFound } from "~/server/errors";
import { deliverMailJob } from "~/server/mail/mail.jobs";
import { setMailQueuedIfFailedAcrossWorkspaces } from "~/server/mail/mail.queries";
import type { Services } from "~/server/services";

export async function retryMail(
  services: Pick<Services, "across" | "clock" | "queue">,
  operator: UserPrincipal,
  { mailId, visitor }: { mailId: string; visitor: Visitor },
): Promise<void> {
  await inTransaction(services.across, async (tx) => {
    const queued = await setMailQueuedIfFailedAcrossWorkspaces(tx, mailId, services.clock.now());
    if (!queued) throw notFound("letter that was given up");
    const { traceId, ipAddress } = visitor;
    const act = { action: "outbox.retry", actorKind: "user", actorId: operator.userId, traceId, ipAddress } as const;
    await recordPlatformAudit(tx, { ...act, targetKind: "mail", targetId: mailId });
    afterCommit(tx, () => services.queue.ring(deliverMailJob, { mailId }));
  });
}
