// Gives a person ten fresh recovery codes; the old ones stop working.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import type { Services } from "~/server/services";
import { ownAct } from "./own-act";
import { replaceRecoveryCodes } from "./recovery-codes";
import type { RecoveryCodes } from "./second-factors.contract";
import { lockTotpAcrossWorkspaces } from "./second-factors.queries";
import { recoveryCodesRenewedLetter } from "./security-letters";
import { tellPerson } from "./tell-person";
import { notOn } from "./turn-off-second-factor";

type RenewNeeds = Pick<Services, "across" | "clock" | "config" | "mailer">;

export async function renewRecoveryCodes(services: RenewNeeds, user: UserPrincipal, visitor: Visitor): Promise<RecoveryCodes> {
  const recoveryCodes = await inTransaction(services.across, async (tx) => {
    // Locked: of two renewals at once the later one's codes stand, and not some of each.
    const totp = await lockTotpAcrossWorkspaces(tx, user.userId);
    if (!totp?.confirmedAt) throw notOn();
    await recordPlatformAudit(tx, { ...ownAct(user, visitor), action: "second_factor.renew_codes" });
    await tellPerson(tx, services, recoveryCodesRenewedLetter(services.config.publicUrl, user));
    return replaceRecoveryCodes(tx, services.clock, user.userId);
  });
  return { recoveryCodes };
}
