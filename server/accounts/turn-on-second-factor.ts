// Puts a person's authenticator app in force: a code shows that it took the secret in.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { AppError, invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import { limitAccountDoor } from "./account-limits";
import { ownAct } from "./own-act";
import { replaceRecoveryCodes } from "./recovery-codes";
import type { RecoveryCodes } from "./second-factors.contract";
import { findTotpAcrossWorkspaces, setTotpConfirmedIfBegunAcrossWorkspaces } from "./second-factors.queries";
import { secondFactorOnLetter } from "./security-letters";
import { tellPerson } from "./tell-person";
import { totpPlace, totpStepOf } from "./totp";

type TurnOnNeeds = Pick<Services, "across" | "clock" | "config" | "mailer" | "redis" | "vault">;

export async function turnOnSecondFactor(
  services: TurnOnNeeds,
  user: UserPrincipal,
  input: { code: string; visitor: Visitor },
): Promise<RecoveryCodes> {
  const { userId } = user;
  await limitAccountDoor(services, "secondFactor", { visitor: input.visitor, account: userId });
  const begun = await findTotpAcrossWorkspaces(services.across, userId);
  if (!begun || begun.confirmedAt) throw nothingBegun();
  const secret = await services.vault.open(totpPlace(userId, begun.version), begun.sealedSecret);
  const lastStep = totpStepOf(secret, input.code, services.clock.now());
  if (lastStep === null) throw wrongCode();
  const recoveryCodes = await inTransaction(services.across, async (tx) => {
    const confirmed = { userId, version: begun.version, lastStep, confirmedAt: services.clock.now() };
    if (!(await setTotpConfirmedIfBegunAcrossWorkspaces(tx, confirmed))) throw nothingBegun();
    await recordPlatformAudit(tx, { ...ownAct(user, input.visitor), action: "second_factor.turn_on" });
    await tellPerson(tx, services, secondFactorOnLetter(services.config.publicUrl, user));
    return replaceRecoveryCodes(tx, services.clock, userId);
  });
  return { recoveryCodes };
}

function wrongCode(): AppError {
  return invalidField(
    "code",
    "This is not the code that the app shows now. Wait for the next one; if it is refused too, set the clock of the phone.",
    "wrong_code",
  );
}

function nothingBegun(): AppError {
  return new AppError("CONFLICT", "Begin again: the key on this page was replaced by a newer one, or is in force already.", {
    details: { reason: "second_factor_not_begun" },
  });
}
