// Whether a person's second factor is on, and how many recovery codes are left.
import type { UserPrincipal } from "~/server/auth/principal";
import type { Services } from "~/server/services";
import type { SecondFactorStatus } from "./second-factors.contract";
import { countFreshRecoveryCodesAcrossWorkspaces, findTotpAcrossWorkspaces } from "./second-factors.queries";

export async function readSecondFactor(services: Pick<Services, "across">, user: UserPrincipal): Promise<SecondFactorStatus> {
  const totp = await findTotpAcrossWorkspaces(services.across, user.userId);
  const recoveryCodesLeft = await countFreshRecoveryCodesAcrossWorkspaces(services.across, user.userId);
  return { isOn: Boolean(totp?.confirmedAt), since: totp?.confirmedAt ?? null, recoveryCodesLeft };
}
