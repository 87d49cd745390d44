// Ends a sign-in with its second factor: the waiting sign-in is used up, and a session begins (MISSION B7).
import { inTransaction, type Tx } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { AppError, invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import { limitAccountDoor } from "./account-limits";
import { findUserAcrossWorkspaces } from "./accounts.queries";
import { beginSession, type Caller, type SignedIn } from "./begin-session";
import { pendingSignInTriesMax } from "./pending-sign-in";
import { deletePendingSignInAcrossWorkspaces, setPendingSignInTriedIfLiveAcrossWorkspaces } from "./pending-sign-ins.queries";
import { type FactorProof, proveSecondFactor, spendSecondFactor } from "./prove-second-factor";
import { tellOfRecoveryCode } from "./tell-of-recovery-code";

type FinishNeeds = Pick<Services, "across" | "clock" | "config" | "mailer" | "redis" | "vault">;
type Waiting = NonNullable<Awaited<ReturnType<typeof setPendingSignInTriedIfLiveAcrossWorkspaces>>> & { idHash: string };

/** `details.reason`: `sign_in_not_waiting` when the first factor has to be shown again, `wrong_code` when another try is left. */
export async function finishSignIn(
  services: FinishNeeds,
  caller: Caller,
  input: { pendingSignIn: string | null; code: string },
): Promise<SignedIn> {
  const waiting = await countTry(services, caller, input.pendingSignIn);
  const proof = await proveSecondFactor(services, waiting.userId, input.code);
  const done = proof
    ? await inTransaction(services.across, (tx) => finish(tx, services, { waiting, proof, caller })).catch(unlessWrong)
    : null;
  if (!done) {
    await recordRefusal(services, caller, waiting.userId);
    throw wrongCode();
  }
  return done;
}

/** A try counts before the code is looked at, so that racing tries are no free ones. */
async function countTry(services: FinishNeeds, caller: Caller, name: string | null): Promise<Waiting> {
  await limitAccountDoor(services, "token", { visitor: caller });
  const idHash = sha256Hex(name ?? "");
  const presented = { idHash, now: services.clock.now(), triesMax: pendingSignInTriesMax };
  const waiting = name ? await setPendingSignInTriedIfLiveAcrossWorkspaces(services.across, presented) : undefined;
  if (!waiting) throw notWaiting();
  await limitAccountDoor(services, "secondFactor", { visitor: caller, account: waiting.userId });
  return { ...waiting, idHash };
}

type Finishing = { waiting: Waiting; proof: FactorProof; caller: Caller };

async function finish(tx: Tx, services: FinishNeeds, act: Finishing): Promise<SignedIn> {
  const { waiting, proof, caller } = act;
  const { userId, method } = waiting;
  if (!(await deletePendingSignInAcrossWorkspaces(tx, waiting.idHash))) throw notWaiting();
  const user = await findUserAcrossWorkspaces(tx, userId);
  if (!user || user.disabledAt) throw notWaiting();
  // Thrown, so that the waiting sign-in stays for another try.
  if (!(await spendSecondFactor(tx, services.clock, proof))) throw wrongCode();
  const signedIn = await beginSession(tx, services, { userId, method, secondFactor: proof.kind, caller });
  if (proof.kind === "recovery_code") await tellOfRecoveryCode(tx, services, user);
  return signedIn;
}

function unlessWrong(error: unknown): null {
  if (error instanceof AppError && error.details.reason === "wrong_code") return null;
  throw error;
}

function wrongCode(): AppError {
  return invalidField("code", "This code is not right, or was used before. Wait for the next one in your app.", "wrong_code");
}

function notWaiting(): AppError {
  return new AppError("INVALID_REQUEST", "This sign-in does not wait for a code any more. Begin again with your password.", {
    details: { reason: "sign_in_not_waiting" },
  });
}

async function recordRefusal(services: FinishNeeds, caller: Caller, userId: string): Promise<void> {
  await recordPlatformAudit(services.across, {
    action: "session.refuse",
    actorKind: "anonymous",
    targetKind: "user",
    targetId: userId,
    traceId: caller.traceId,
    ipAddress: caller.ipAddress,
    metadata: { reason: "wrong_second_factor" },
  });
}
