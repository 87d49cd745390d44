// Signs a person in with a passkey. It was unlocked by finger, face or PIN, so it stands for both factors.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { limitAccountDoor } from "./account-limits";
import { beginSession, type Caller, type SignedIn } from "./begin-session";
import { redeemChallenge } from "./passkey-challenge";
import type { PasskeyAnswer } from "./passkeys.contract";
import { setPasskeyUsedIfNewerAcrossWorkspaces } from "./passkeys.queries";
import { passkeyRefused, type VerifiedPasskey, verifyPasskey } from "./verify-passkey";

type PasskeyNeeds = Pick<Services, "across" | "clock" | "config" | "log" | "redis">;

/** `browser` is the value of the cookie that binds the challenge. */
export async function signInByPasskey(
  services: PasskeyNeeds,
  caller: Caller,
  input: { browser: string | null; answer: PasskeyAnswer },
): Promise<SignedIn> {
  await limitAccountDoor(services, "token", { visitor: caller });
  const challenge = await redeemChallenge(services, input.browser, { purpose: "sign_in", userId: null });
  const passkey = await verifyPasskey(services, challenge, input.answer);
  const signedIn = passkey ? await begin(services, caller, passkey) : null;
  if (signedIn) return signedIn;
  await recordRefusal(services, caller, passkey);
  throw passkeyRefused();
}

function begin(services: PasskeyNeeds, caller: Caller, passkey: VerifiedPasskey): Promise<SignedIn | null> {
  if (passkey.isUserDisabled) {
    throw new AppError("UNAUTHORIZED", "This account is disabled. Ask the operator of the platform.", {
      details: { reason: "account_disabled" },
    });
  }
  return inTransaction(services.across, async (tx) => {
    if (!(await setPasskeyUsedIfNewerAcrossWorkspaces(tx, passkey.use))) return null;
    return beginSession(tx, services, { userId: passkey.userId, method: "passkey", caller });
  });
}

async function recordRefusal(services: PasskeyNeeds, caller: Caller, passkey: VerifiedPasskey | null): Promise<void> {
  await recordPlatformAudit(services.across, {
    action: "session.refuse",
    actorKind: "anonymous",
    traceId: caller.traceId,
    ipAddress: caller.ipAddress,
    ...(passkey ? { targetKind: "user", targetId: passkey.userId } : {}),
    metadata: { reason: "passkey_refused" },
  });
}
