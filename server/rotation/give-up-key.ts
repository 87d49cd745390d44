// Gives up what a lost key-encryption key guards: its data keys are destroyed, so that values can be set anew (docs/operations/secrets.md).
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit, recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import { fingerprintOfKey } from "~/server/credentials/list-credentials";
import { AppError, invalidField, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { GiveUpKeyInput } from "./rotation.contract";
import {
  deleteDataKeyIfWrappedByAcrossWorkspaces,
  findKeySeenAcrossWorkspaces,
  listOwnersWrappedByAcrossWorkspaces,
} from "./rotation.queries";

type Needs = Pick<Services, "across" | "clock" | "vault">;
type By = { operator: UserPrincipal; traceId: string; ipAddress: string | null };

const ownersAtOnce = 200;
/** The sweep writes down every minute which keys its process has. */
const elsewhereMs = 60 * 60_000;

/** Rejects with `CONFLICT` for a key that this process has: with it nothing is lost. Each workspace reads of it in its own log. */
export async function giveUpKey(needs: Needs, by: By, input: GiveUpKeyInput): Promise<{ dataKeysDestroyed: number }> {
  if (input.confirmation !== input.kekId) throw invalidField("confirmation", "Type the id of the key once more, unchanged.");
  if (needs.vault.keys.some(({ id }) => id === input.kekId)) {
    throw new AppError("CONFLICT", "This key is configured, so nothing is lost. Let the rotation move what it wraps.");
  }
  await assertNowhere(needs, input.kekId);
  let dataKeysDestroyed = 0;
  for (;;) {
    const owners = await listOwnersWrappedByAcrossWorkspaces(needs.across, input.kekId, ownersAtOnce);
    for (const { ownerId } of owners) {
      dataKeysDestroyed += await giveUpOwner(needs, { ownerId, kekId: input.kekId, traceId: by.traceId });
    }
    if (owners.length < ownersAtOnce) break;
  }
  if (dataKeysDestroyed === 0) throw notFound("key-encryption key in use");
  await recordPlatformAudit(needs.across, {
    actorKind: "user",
    actorId: by.operator.userId,
    traceId: by.traceId,
    ipAddress: by.ipAddress,
    action: "key_encryption_key.give_up",
    targetKind: "key_encryption_key",
    targetId: input.kekId,
    metadata: { dataKeysDestroyed },
  });
  return { dataKeysDestroyed };
}

/** This process may be the one that was left behind with an old configuration. */
async function assertNowhere({ across, clock }: Needs, kekId: string): Promise<void> {
  const seen = await findKeySeenAcrossWorkspaces(across, fingerprintOfKey({ id: kekId }));
  if (!seen || clock.now().getTime() - seen.seenAt.getTime() >= elsewhereMs) return;
  throw new AppError(
    "CONFLICT",
    "Within the last hour another process had this key, so it is not lost. Give every process the same configuration and restart it, or wait an hour.",
  );
}

/** Answers how many it destroyed: none, when somebody who has the key was quicker. */
function giveUpOwner({ across }: Needs, of: { ownerId: string; kekId: string; traceId: string }): Promise<number> {
  return inTransaction(across, async (tx) => {
    const isDestroyed = await deleteDataKeyIfWrappedByAcrossWorkspaces(tx, of);
    if (isDestroyed && of.ownerId.startsWith("wks_")) {
      await recordWorkspaceAudit(tx, of.ownerId, {
        actorKind: "operator",
        action: "data_key.destroy",
        traceId: of.traceId,
        metadata: { reason: "The key-encryption key that wrapped it is lost.", keyEncryptionKey: of.kekId },
      });
    }
    return isDestroyed ? 1 : 0;
  });
}
