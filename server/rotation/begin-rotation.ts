// Begins a rotation when data keys are wrapped by another key-encryption key than the primary; one runs at a time.
import { inTransaction, type Tx } from "~/db/transaction";
import { recordPlatformAudit, type UnscopedAuditAct } from "~/server/audit/record-audit";
import { fingerprintOfKey } from "~/server/credentials/list-credentials";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { primaryOf } from "./primary-of";
import {
  countWaitingAcrossWorkspaces,
  findNewestRotationAcrossWorkspaces,
  findRunningRotationAcrossWorkspaces,
  insertRotationIfNoneRunsAcrossWorkspaces,
  setRotationEndedIfRunningAcrossWorkspaces,
} from "./rotation.queries";

type Needs = Pick<Services, "across" | "clock" | "vault">;
type By = Pick<UnscopedAuditAct, "actorKind" | "actorId" | "traceId" | "ipAddress">;

export type BegunRotation = { rotationId: string; keysTotal: number; isNew: boolean };

/**
 * Null when there is nothing to do, or when by itself nothing may be done. One that moves everything to another key than today's
 * primary is superseded. Audited.
 */
export async function beginRotation(needs: Needs, by: By = { actorKind: "system" }): Promise<BegunRotation | null> {
  const kekId = primaryOf(needs.vault).id;
  if (by.actorKind === "system" && (await isLeftBehind(needs, kekId))) return null;
  const keysTotal = await countWaitingAcrossWorkspaces(needs.across, kekId);
  return inTransaction(needs.across, async (tx) => {
    const running = await findRunningRotationAcrossWorkspaces(tx);
    if (running?.kekId === kekId) return { rotationId: running.id, keysTotal: running.keysTotal, isNew: false };
    if (running) await supersede(tx, needs, running.id);
    if (keysTotal === 0) return null;
    const rotationId = newId("keyRotation");
    const startedBy = by.actorId ?? null;
    const isNew = await insertRotationIfNoneRunsAcrossWorkspaces(tx, {
      id: rotationId,
      kekId,
      startedBy,
      keysTotal,
      at: needs.clock.now(),
    });
    if (!isNew) return null; // another process entered it in this moment: the next sweep finds it
    await recordPlatformAudit(tx, {
      ...by,
      action: "key_rotation.start",
      targetKind: "key_rotation",
      targetId: rotationId,
      metadata: { keyEncryptionKey: kekId, dataKeys: keysTotal },
    });
    return { rotationId, keysTotal, isNew };
  });
}

/**
 * Whether a rotation to another key began after this one was known: then this process still has the configuration of before, and
 * would move everything back. Only the operator moves to an older key.
 */
async function isLeftBehind({ across }: Needs, kekId: string): Promise<boolean> {
  const newest = await findNewestRotationAcrossWorkspaces(across, fingerprintOfKey({ id: kekId }));
  if (!newest || newest.kekId === kekId || newest.keyAddedAt === null) return false;
  return newest.startedAt > newest.keyAddedAt;
}

async function supersede(tx: Tx, needs: Needs, rotationId: string): Promise<void> {
  const ended = await setRotationEndedIfRunningAcrossWorkspaces(tx, {
    id: rotationId,
    status: "superseded",
    at: needs.clock.now(),
  });
  if (!ended) return;
  await recordPlatformAudit(tx, {
    actorKind: "system",
    action: "key_rotation.supersede",
    targetKind: "key_rotation",
    targetId: rotationId,
    metadata: { keyEncryptionKey: ended.kekId, rewrapped: ended.keysRewrapped },
  });
}
