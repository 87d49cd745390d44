// The words of the audit log, shared with the browser.
import { z } from "zod";
import { actorKinds } from "~/db/tables/audit-entries";
import { Moment, PageQuery } from "~/server/zod-shapes";

export const AuditItem = z.object({
  auditId: z.string(),
  actorKind: z.enum(actorKinds),
  actorId: z.string().nullable(),
  /** A name a person recognises, when the actor is a member or a key of this workspace. */
  actorName: z.string().nullable(),
  action: z.string(),
  targetKind: z.string().nullable(),
  targetId: z.string().nullable(),
  traceId: z.string().nullable(),
  ipAddress: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  createdAt: Moment,
});
export type AuditItem = z.infer<typeof AuditItem>;

export const ListAuditInput = PageQuery.extend({
  /** Only entries with exactly this trace id. */
  traceId: z.string().max(40).optional(),
  /** Only actions that begin with this, for example `deployment.`. */
  action: z.string().max(60).optional(),
  targetId: z.string().max(40).optional(),
});
export type ListAuditInput = z.infer<typeof ListAuditInput>;
