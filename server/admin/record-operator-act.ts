// Writes an operator's act where it belongs: into the log of each workspace it touches, without the operator's name, and into the platform's.
import type { Tx } from "~/db/transaction";
import { recordPlatformAudit, recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import type { Outcome } from "./act-call";

/** Tenants read "Platform operator" and the reason; the trace id leads whoever may look from there to who it was. */
export async function recordOperatorAct(
  tx: Tx,
  by: { operator: UserPrincipal; visitor: Visitor },
  outcome: Pick<Outcome, "entries" | "act">,
): Promise<void> {
  const { traceId, ipAddress } = by.visitor;
  for (const { workspaceId, act } of outcome.entries) {
    await recordWorkspaceAudit(tx, workspaceId, { ...act, actorKind: "operator", traceId });
  }
  await recordPlatformAudit(tx, { ...outcome.act, actorKind: "user", actorId: by.operator.userId, traceId, ipAddress });
}
