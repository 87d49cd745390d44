// Makes the secret that a person's authenticator app takes in. It is not in force before a code of it was shown.
import { inTransaction } from "~/db/transaction";
import type { UserPrincipal } from "~/server/auth/principal";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { qrPath } from "./qr-path";
import type { SecondFactorOffer } from "./second-factors.contract";
import { findTotpAcrossWorkspaces, setTotpBegunIfVersionAcrossWorkspaces } from "./second-factors.queries";
import { newTotpSecret, totpPlace, totpUri } from "./totp";

type BeginNeeds = Pick<Services, "across" | "clock" | "vault">;

/** A later beginning replaces an earlier one. One that is in force has to be turned off first. */
export async function beginSecondFactor(services: BeginNeeds, user: UserPrincipal): Promise<SecondFactorOffer> {
  const { userId } = user;
  const existing = await findTotpAcrossWorkspaces(services.across, userId);
  if (existing?.confirmedAt) throw alreadyOn();
  const secret = newTotpSecret();
  const version = (existing?.version ?? 0) + 1;
  const sealedSecret = await services.vault.seal(totpPlace(userId, version), secret);
  const begun = { userId, version, sealedSecret, createdAt: services.clock.now() };
  const stored = await inTransaction(services.across, (tx) => setTotpBegunIfVersionAcrossWorkspaces(tx, begun));
  if (!stored) throw alreadyOn();
  const uri = totpUri(secret, user.email);
  return { key: secret.match(/.{1,4}/g)?.join(" ") ?? secret, uri, qr: qrPath(uri) };
}

function alreadyOn(): AppError {
  return new AppError("CONFLICT", "Two-factor sign-in is on already, or was begun in another window. Reload the page.", {
    details: { reason: "second_factor_on" },
  });
}
