// Notes in a session that its person has just shown who they are, or in the audit log that somebody failed to.
import type { Tx } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import { setSessionProvenAcrossWorkspaces } from "~/server/auth/sessions.queries";
import type { Visitor } from "~/server/auth/visitor";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { ownAct } from "./own-act";

export type ProofWay = "password" | "totp" | "recovery_code" | "passkey" | "mailed_code";

/** Runs in the transaction that used the proof up. A session that ended meanwhile is not brought back. */
export async function proveSession(
  tx: Tx,
  services: Pick<Services, "clock">,
  user: UserPrincipal,
  proof: { way: ProofWay; visitor: Visitor },
): Promise<void> {
  const isLive = await setSessionProvenAcrossWorkspaces(tx, user.sessionIdHash, services.clock.now());
  if (!isLive) throw new AppError("UNAUTHENTICATED", "This session has ended. Sign in again.");
  const act = { ...ownAct(user, proof.visitor), action: "session.prove", metadata: { way: proof.way } };
  await recordPlatformAudit(tx, act);
}

export async function recordFailedProof(
  services: Pick<Services, "across">,
  user: UserPrincipal,
  failed: { way: ProofWay | "second_factor"; visitor: Visitor },
): Promise<void> {
  const act = { ...ownAct(user, failed.visitor), action: "session.refuse_proof", metadata: { way: failed.way } };
  await recordPlatformAudit(services.across, act);
}
