// Revokes keys for good: one, all that a person made, or all of a workspace. Each workspace reads in its log what it lost.
import type { Tx } from "~/db/transaction";
import type { AuditAct } from "~/server/audit/record-audit";
import { AppError } from "~/server/errors";
import type { ActCall, ActNeeds, Outcome } from "./act-call";
import type { TargetKind } from "./acts.contract";
import { setKeysRevokedIfLiveAcrossWorkspaces } from "./switches.queries";

type Revoked = Awaited<ReturnType<typeof setKeysRevokedIfLiveAcrossWorkspaces>>;

/** Rejects with `CONFLICT` when there is no key that still works. */
export function revokeKeys(of: Exclude<TargetKind, "everybody">) {
  return async (tx: Tx, _needs: ActNeeds, { targetId, reason, at }: ActCall): Promise<Outcome> => {
    const whose = of === "user" ? { userId: targetId } : of === "workspace" ? { workspaceId: targetId } : { keyId: targetId };
    const revoked = await setKeysRevokedIfLiveAcrossWorkspaces(tx, whose, at);
    if (revoked.length === 0) throw new AppError("CONFLICT", "There is no key here that still works.");
    const entries = [...byWorkspace(revoked)].map(([workspaceId, keys]) => ({ workspaceId, act: entryOf(keys, reason) }));
    const targetKind = of === "key" ? "api_key" : of;
    const act = { action: "api_key.revoke_all", targetKind, targetId, metadata: { reason, keys: revoked.length } };
    return { entries, act: of === "key" ? entryOf(revoked, reason) : act, sessionsEnded: 0, keysRevoked: revoked.length };
  };
}

/** In the order in which chains are written. */
function byWorkspace(revoked: Revoked): Map<string, Revoked> {
  const grouped = new Map<string, Revoked>();
  const sorted = [...revoked].sort((a, b) => (a.workspaceId < b.workspaceId ? -1 : 1));
  for (const key of sorted) grouped.set(key.workspaceId, [...(grouped.get(key.workspaceId) ?? []), key]);
  return grouped;
}

function entryOf(keys: Revoked, reason: string): AuditAct {
  const [only] = keys;
  if (keys.length === 1 && only) {
    const metadata = { reason, name: only.name, prefix: only.prefix };
    return { action: "api_key.revoke", targetKind: "api_key", targetId: only.id, metadata };
  }
  return { action: "api_key.revoke_all", metadata: { reason, keys: keys.map(({ name, prefix }) => `${name} (${prefix}…)`) } };
}
