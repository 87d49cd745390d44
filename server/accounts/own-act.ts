// The facts of a person's act upon their own account, as the audit log wants them.
import type { UnscopedAuditAct } from "~/server/audit/record-audit";
import type { Visitor } from "~/server/auth/visitor";

/** To be spread into an audit row; the row adds its `action` and `metadata`. */
export function ownAct(person: { userId: string }, visitor: Visitor): Omit<UnscopedAuditAct, "action" | "metadata"> {
  const { userId } = person;
  const { traceId, ipAddress } = visitor;
  return { actorKind: "user", actorId: userId, targetKind: "user", targetId: userId, traceId, ipAddress };
}
