// Wraps every data key under the primary while the house goes on serving; what one run leaves, the next one takes up.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { toAppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { KeyTrouble } from "~/server/vault/key-encryption";
import { primaryOf } from "./primary-of";
import {
  addRewrappedIfRunningAcrossWorkspaces,
  countWaitingAcrossWorkspaces,
  findRunningRotationAcrossWorkspaces,
  listWaitingOwnersAcrossWorkspaces,
  setRotationEndedIfRunningAcrossWorkspaces,
  setStuckIfRunningAcrossWorkspaces,
} from "./rotation.queries";

type Needs = Pick<Services, "across" | "clock" | "log" | "vault">;

const ownersAtOnce = 200;
/** After so many failures in a row the key is out of reach rather than one data key damaged: the sweep tries again. */
const failuresInARowMax = 10;

type Progress = { stuck: number; inARow: number; lastError: string | null; isSuperseded: boolean };

/** Rolls the wrapping back: a newer rotation has moved, or will move, this data key to its own key. */
class Superseded extends Error {}

/**
 * Safe at any time, twice at once, and cut off anywhere: each data key is moved by one UPDATE that compares, and counted in its
 * transaction. `draining`: stops between two keys.
 */
export async function runRotation(needs: Needs, input: { rotationId: string }, draining?: AbortSignal): Promise<void> {
  const { across, vault } = needs;
  const rotation = await findRunningRotationAcrossWorkspaces(across);
  const primaryId = primaryOf(vault).id;
  // A process that was started with another configuration leaves it to the others.
  if (rotation?.id !== input.rotationId || rotation.kekId !== primaryId) return;
  const progress = await moveAll(needs, { rotationId: rotation.id, primaryId, draining });
  if (draining?.aborted || progress.isSuperseded) return;
  if (progress.stuck === 0 && (await countWaitingAcrossWorkspaces(across, primaryId)) === 0) {
    return finish(needs, rotation.id);
  }
  await setStuckIfRunningAcrossWorkspaces(across, { id: rotation.id, keysStuck: progress.stuck, lastError: progress.lastError });
}

type Moving = { rotationId: string; primaryId: string; draining: AbortSignal | undefined };

async function moveAll(needs: Needs, { rotationId, primaryId, draining }: Moving): Promise<Progress> {
  const progress: Progress = { stuck: 0, inARow: 0, lastError: null, isSuperseded: false };
  let after = "";
  for (;;) {
    const owners = await listWaitingOwnersAcrossWorkspaces(needs.across, { primaryId, after, limit: ownersAtOnce });
    for (const { ownerId } of owners) {
      if (draining?.aborted || progress.isSuperseded || progress.inARow >= failuresInARowMax) return progress;
      await moveOne(needs, { rotationId, ownerId, progress });
    }
    if (owners.length < ownersAtOnce) return progress;
    after = owners.at(-1)?.ownerId ?? after;
  }
}

async function moveOne(needs: Needs, of: { rotationId: string; ownerId: string; progress: Progress }): Promise<void> {
  const { rotationId, ownerId, progress } = of;
  try {
    await needs.vault.rewrapDataKey(ownerId, async (tx) => {
      if (!(await addRewrappedIfRunningAcrossWorkspaces(tx, { id: rotationId, at: needs.clock.now() }))) throw new Superseded();
    });
    progress.inARow = 0;
  } catch (error) {
    if (error instanceof Superseded) {
      progress.isSuperseded = true;
      return;
    }
    progress.stuck += 1;
    progress.inARow += 1;
    const said = error instanceof KeyTrouble ? error.forOperator : toAppError(error).message;
    progress.lastError = `${ownerId}: ${said}`.slice(0, 500);
    needs.log.warn({ err: error, rotationId, ownerId }, "a data key could not be wrapped anew; the sweep tries again");
  }
}

/** Of two that come to the end at once one writes it down. */
async function finish(needs: Needs, rotationId: string): Promise<void> {
  await inTransaction(needs.across, async (tx) => {
    const at = needs.clock.now();
    const ended = await setRotationEndedIfRunningAcrossWorkspaces(tx, { id: rotationId, status: "finished", at });
    if (!ended) return;
    await recordPlatformAudit(tx, {
      actorKind: "system",
      action: "key_rotation.finish",
      targetKind: "key_rotation",
      targetId: rotationId,
      metadata: { keyEncryptionKey: ended.kekId, rewrapped: ended.keysRewrapped },
    });
  });
}
