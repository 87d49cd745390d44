// Whether a code is one that this person may show now: of the authenticator app, or one of the recovery codes.
import type { Tx } from "~/db/transaction";
import type { Clock } from "~/server/clock";
import type { Services } from "~/server/services";
import { recoveryCodeHash } from "./recovery-codes";
import {
  findTotpAcrossWorkspaces,
  setRecoveryCodeUsedIfFreshAcrossWorkspaces,
  setTotpStepIfNewerAcrossWorkspaces,
} from "./second-factors.queries";
import { totpPlace, totpStepOf } from "./totp";

export type FactorProof =
  | { kind: "totp"; userId: string; version: number; step: number }
  | { kind: "recovery_code"; userId: string; codeHash: string };

/** Null for a code that cannot be right. Runs before the transaction that uses it up: the vault has its own connection. */
export async function proveSecondFactor(
  services: Pick<Services, "across" | "clock" | "vault">,
  userId: string,
  code: string,
): Promise<FactorProof | null> {
  const totp = await findTotpAcrossWorkspaces(services.across, userId);
  if (!totp?.confirmedAt) return null;
  if (!/^[\d\s-]{6,11}$/.test(code)) return { kind: "recovery_code", userId, codeHash: recoveryCodeHash(userId, code) };
  const secret = await services.vault.open(totpPlace(userId, totp.version), totp.sealedSecret);
  const step = totpStepOf(secret, code, services.clock.now());
  return step === null ? null : { kind: "totp", userId, version: totp.version, step };
}

/** Uses the code up. False when it was used before, is no code of this person, or another use was faster. */
export async function spendSecondFactor(tx: Tx, clock: Clock, proof: FactorProof): Promise<boolean> {
  if (proof.kind === "totp") return Boolean(await setTotpStepIfNewerAcrossWorkspaces(tx, proof));
  return Boolean(await setRecoveryCodeUsedIfFreshAcrossWorkspaces(tx, { ...proof, now: clock.now() }));
}
