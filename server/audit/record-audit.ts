// Writes one line of the audit log, in the transaction of the act it tells about (MISSION J1).
import { contentHashOf } from "~/db/audit-chain";
import type { Db } from "~/db/client";
import type { ActorKind } from "~/db/tables/audit-entries";
import type { Principal } from "~/server/auth/principal";
import type { WorkspaceScope } from "~/server/auth/scope";
import { newId } from "~/server/ids";
import { toStorableText } from "~/server/storable-text";
import { insertAuditEntryAcrossWorkspaces } from "./audit.queries";
import { type AuditMetadata, sanitiseMetadata } from "./sanitise-metadata";

/** `action` is `noun.verb`, for example `deployment.create`. */
export type AuditAct = { action: string; targetKind?: string; targetId?: string; metadata?: AuditMetadata };

/** Acts without a scope say themselves who acted and from where. */
export type UnscopedAuditAct = AuditAct & {
  actorKind: ActorKind;
  actorId?: string | null;
  traceId?: string | null;
  ipAddress?: string | null;
};

/** The chain of acts that belong to no workspace: sign-in, administration. */
export const platformChain = "platform";

/** An act of the scope's own caller. */
export function recordAudit(tx: Db, scope: WorkspaceScope, act: AuditAct): Promise<void> {
  const { traceId, ipAddress } = scope;
  return recordWorkspaceAudit(tx, scope.workspaceId, { ...act, ...actorOf(scope.principal), traceId, ipAddress });
}

/**
 * An act that no scope stands for: a worker's as `system`, a refused telemetry report as `runtime`. The entry joins its chain as
 * the transaction commits (`db/migrations/0006-audit-chain.ts`).
 */
export async function recordWorkspaceAudit(tx: Db, workspaceId: string, act: UnscopedAuditAct): Promise<void> {
  const metadata = sanitiseMetadata(act.metadata ?? {});
  const entry = {
    id: newId("audit"),
    workspaceId,
    actorKind: act.actorKind,
    actorId: storable(act.actorId),
    action: act.action,
    targetKind: storable(act.targetKind),
    targetId: storable(act.targetId),
    traceId: storable(act.traceId),
    ipAddress: storable(act.ipAddress),
    createdAt: new Date(),
  };
  const contentHash = contentHashOf({ ...entry, metadata });
  await insertAuditEntryAcrossWorkspaces(tx, { ...entry, metadata: JSON.stringify(metadata), contentHash });
}

/** As it will read back: what is hashed must be what is kept. */
function storable(text: string | null | undefined): string | null {
  return typeof text === "string" ? toStorableText(text) : null;
}

/** An act outside every workspace. Takes a handle of `services.across`. */
export function recordPlatformAudit(tx: Db, act: UnscopedAuditAct): Promise<void> {
  return recordWorkspaceAudit(tx, platformChain, act);
}

/** Who acted, in the words of the log. */
export function actorOf(principal: Principal): { actorKind: ActorKind; actorId: string } {
  return principal.kind === "user"
    ? { actorKind: "user", actorId: principal.userId }
    : { actorKind: "api_key", actorId: principal.keyId };
}
