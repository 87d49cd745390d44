// One delivery of Stripe's webhook: proven, then made durable; what is not proven leaves a line in the audit log (MISSION H2, T3).
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { AppError, toAppError } from "~/server/errors";
import type { SignedEvent } from "~/server/payments/payments";
import type { EventIntake } from "./event-intake";

export type Delivery = { raw: Buffer; signature: string | undefined; traceId: string; ipAddress: string | null };

/** Resolves once the event is durable. Rejects with `UNAUTHENTICATED` for anything that Stripe did not sign for us just now. */
export async function receiveEvent(intake: EventIntake, delivery: Delivery): Promise<{ duplicate: boolean }> {
  const event = await prove(intake, delivery);
  return { duplicate: !(await intake.take(event)) };
}

async function prove(intake: EventIntake, delivery: Delivery): Promise<SignedEvent> {
  try {
    const { payments, clock } = intake.needs;
    if (!payments) throw billingIsOff();
    return payments.readEvent(delivery.raw, delivery.signature, clock.now());
  } catch (thrown) {
    await noteRefusal(intake, delivery, toAppError(thrown));
    throw thrown;
  }
}

/** Never rejects: a delivery is refused whether or not that could be written down. */
async function noteRefusal({ needs, refusals }: EventIntake, delivery: Delivery, refusal: AppError): Promise<void> {
  const reason = refusal.details.reason ?? "not_an_event";
  const suppressed = refusals.admit(reason, needs.clock.now());
  if (suppressed === null) return;
  try {
    await recordPlatformAudit(needs.across, {
      actorKind: "anonymous",
      action: "billing.webhook_reject",
      traceId: delivery.traceId,
      ipAddress: delivery.ipAddress,
      metadata: { reason, alsoSuppressed: suppressed },
    });
  } catch (error) {
    needs.log.error({ err: error, traceId: delivery.traceId }, "a refused billing webhook could not be audited");
  }
}

/** Without a secret of ours nothing can be proven. */
function billingIsOff(): AppError {
  return new AppError("UNAUTHENTICATED", "Billing is off here: no webhook secret is configured.", {
    details: { reason: "billing_off" },
  });
}
