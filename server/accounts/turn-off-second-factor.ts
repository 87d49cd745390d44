// Takes a person's authenticator app and recovery codes out of force.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { ownAct } from "./own-act";
import { deletePendingSignInsOfUserAcrossWorkspaces } from "./pending-sign-ins.queries";
import { deleteRecoveryCodesAcrossWorkspaces, deleteTotpAcrossWorkspaces } from "./second-factors.queries";
import { secondFactorOffLetter } from "./security-letters";
import { tellPerson } from "./tell-person";

type TurnOffNeeds = Pick<Services, "across" | "config" | "mailer">;

/** Sign-ins that wait for a code begin again with the first factor. */
export async function turnOffSecondFactor(services: TurnOffNeeds, user: UserPrincipal, visitor: Visitor): Promise<void> {
  await inTransaction(services.across, async (tx) => {
    if (!(await deleteTotpAcrossWorkspaces(tx, user.userId))) throw notOn();
    await deleteRecoveryCodesAcrossWorkspaces(tx, user.userId);
    await deletePendingSignInsOfUserAcrossWorkspaces(tx, user.userId);
    await recordPlatformAudit(tx, { ...ownAct(user, visitor), action: "second_factor.turn_off" });
    await tellPerson(tx, services, secondFactorOffLetter(services.config.publicUrl, user));
  });
}

export function notOn(): AppError {
  return new AppError("CONFLICT", "Two-factor sign-in is off. Reload the page to see how things are.", {
    details: { reason: "second_factor_off" },
  });
}
