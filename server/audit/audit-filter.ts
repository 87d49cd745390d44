// What a person or program asked the log for, as the query takes it.
import type { AuditFilterQuery } from "./audit.contract";
import type { AuditFilter } from "./audit.queries";

export function filterOf(asked: AuditFilterQuery): Omit<AuditFilter, "limit" | "beforeSeq"> {
  return {
    traceId: asked.traceId ?? null,
    actionPrefix: asked.action ?? null,
    actorId: asked.actorId ?? null,
    targetId: asked.targetId ?? null,
    from: asked.from ?? null,
    to: asked.to ?? null,
  };
}
