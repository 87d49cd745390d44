// How a person can show, before a dangerous act, that it is still they who sit at the browser (MISSION B7).
import { proofMs } from "~/server/auth/assert-recently-proven";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Services } from "~/server/services";
import { findUserAcrossWorkspaces } from "./accounts.queries";
import { isMailless } from "./operator-email";
import { listPasskeysAcrossWorkspaces } from "./passkeys.queries";
import { findTotpAcrossWorkspaces } from "./second-factors.queries";
import type { ProofWays } from "./step-up.contract";

/** A mailbox proves less than what the account itself knows, so a code by mail is for accounts that know nothing better. */
export async function listProofWays({ across }: Pick<Services, "across">, user: UserPrincipal): Promise<ProofWays> {
  const stored = await findUserAcrossWorkspaces(across, user.userId);
  const totp = await findTotpAcrossWorkspaces(across, user.userId);
  const passkeys = await listPasskeysAcrossWorkspaces(across, user.userId, 1);
  const own = { password: Boolean(stored?.passwordHash), secondFactor: Boolean(totp?.confirmedAt), passkey: passkeys.length > 0 };
  const hasNone = !own.password && !own.secondFactor && !own.passkey;
  return {
    ...own,
    mailedCode: hasNone && !isMailless(user.email),
    consoleLink: isMailless(user.email),
    provenUntil: new Date(user.provenAt.getTime() + proofMs),
  };
}
