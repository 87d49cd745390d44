// When the files of a version were last found changed, for those who may read the audit log.
import { unlessForbidden } from "~/app/rpc";
import type { AuditItem } from "~/server/audit/audit.contract";
import type { Caller } from "~/server/router";

export async function findAlteration(api: Caller, deploymentId: string): Promise<AuditItem | null> {
  const asked = { action: "deployment.integrity_failure", targetId: deploymentId, limit: 1 };
  const page = await unlessForbidden(() => api.audit.list(asked));
  return page?.items[0] ?? null;
}
