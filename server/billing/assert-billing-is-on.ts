// Refuses acts of money on an installation that takes none.
import { AppError } from "~/server/errors";
import type { Payments } from "~/server/payments/payments";
import type { Services } from "~/server/services";

/** Throws `CONFLICT`, `details.reason` is `billing_off`. */
export function assertBillingIsOn({ payments }: Pick<Services, "payments">): Payments {
  if (payments) return payments;
  throw new AppError("CONFLICT", "Billing is off on this installation: its operator gives plans by hand. Ask the operator.", {
    details: { reason: "billing_off" },
  });
}
