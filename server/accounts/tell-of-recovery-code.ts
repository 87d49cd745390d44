// Tells a person that one of their recovery codes was used, and how many are left.
import type { Tx } from "~/db/transaction";
import type { Services } from "~/server/services";
import { countFreshRecoveryCodesAcrossWorkspaces } from "./second-factors.queries";
import { type Addressee, recoveryCodeUsedLetter } from "./security-letters";
import { tellPerson } from "./tell-person";

export async function tellOfRecoveryCode(
  tx: Tx,
  services: Pick<Services, "config" | "mailer">,
  user: Addressee & { id: string },
): Promise<void> {
  const left = await countFreshRecoveryCodesAcrossWorkspaces(tx, user.id);
  await tellPerson(tx, services, recoveryCodeUsedLetter(services.config.publicUrl, user, left));
}
