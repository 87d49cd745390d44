// Seals every value of a workspace anew under its new data key while the house goes on serving, and then forgets the former key.
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { Services } from "~/server/services";
import {
  addResealedIfRenewingAcrossWorkspaces,
  findRenewalAcrossWorkspaces,
  setPassedIfRenewingAcrossWorkspaces,
} from "./renewal.queries";
import { type SealedItem, type SealedStore, sealedStores } from "./sealed-stores";

type Needs = Pick<Services, "across" | "clock" | "log" | "vault">;
type Renewal = { ownerId: string; generation: number };

const itemsAtOnce = 100;
/**
 * A process trusts the key that it knows for a second, and may stand still before it writes down what it sealed. So long the former
 * key stays; then one more pass finds what came late.
 */
export const settlingMs = 15 * 60_000;

/** The renewal is over, or a newer one has begun: what this run holds is not of today. */
class Overtaken extends Error {}

/**
 * Safe at any time, twice at once, and cut off anywhere: each value is replaced by one UPDATE that compares, and counted in its
 * transaction. Values that open under neither key were altered before; they are counted and left as they are.
 */
export async function runReseal(needs: Needs, { workspaceId }: { workspaceId: string }, draining?: AbortSignal): Promise<void> {
  const { across, clock } = needs;
  const found = await findRenewalAcrossWorkspaces(across, workspaceId);
  if (!found?.renewedAt) return;
  const renewal = { ownerId: workspaceId, generation: found.generation };
  const startedAt = clock.now();
  const valuesStuck = await passOver(needs, renewal, draining);
  if (valuesStuck === null) return;
  await setPassedIfRenewingAcrossWorkspaces(across, { ...renewal, passedAt: clock.now(), valuesStuck });
  if (startedAt.getTime() - found.renewedAt.getTime() < settlingMs) return;
  await forget(needs, renewal, valuesStuck);
}

/** How many could not be opened; null when it was cut short. */
async function passOver(needs: Needs, renewal: Renewal, draining?: AbortSignal): Promise<number | null> {
  let stuck = 0;
  for (const store of sealedStores) {
    for await (const item of itemsOf(needs, store, renewal)) {
      if (draining?.aborted) return null;
      const done = await resealOne(needs, renewal, item);
      if (done === "overtaken") return null;
      if (done === "unopenable") stuck += 1;
    }
  }
  return stuck;
}

async function* itemsOf({ across }: Needs, store: SealedStore, { ownerId }: Renewal): AsyncGenerator<SealedItem> {
  let behind: SealedItem | null = null;
  do {
    const items: SealedItem[] = await store.list(across, { workspaceId: ownerId, behind, limit: itemsAtOnce });
    yield* items;
    behind = items.length < itemsAtOnce ? null : (items.at(-1) ?? null);
  } while (behind !== null);
}

async function resealOne(needs: Needs, renewal: Renewal, item: SealedItem): Promise<"done" | "unopenable" | "overtaken"> {
  const sealed = await needs.vault.reseal(item.place, item.sealed);
  if (sealed === "current") return "done";
  if (sealed === "unopenable") {
    const { kind, id, name } = item.place;
    needs.log.warn(
      { kind, id, name, workspaceId: renewal.ownerId },
      "a value opens under no key that there is; it is left as it is",
    );
    return "unopenable";
  }
  try {
    await inTransaction(needs.across, async (tx) => {
      if (!(await item.replace(tx, sealed))) return;
      if (!(await addResealedIfRenewingAcrossWorkspaces(tx, renewal))) throw new Overtaken();
    });
  } catch (error) {
    if (error instanceof Overtaken) return "overtaken";
    throw error;
  }
  return "done";
}

/** Of two that come to the end at once one writes it down. */
async function forget({ across, vault }: Needs, renewal: Renewal, valuesStuck: number): Promise<void> {
  const counted = await findRenewalAcrossWorkspaces(across, renewal.ownerId);
  await vault.forgetFormerKey(renewal, (tx) =>
    recordWorkspaceAudit(tx, renewal.ownerId, {
      actorKind: "system",
      action: "data_key.finish",
      targetKind: "data_key",
      targetId: renewal.ownerId,
      metadata: { generation: renewal.generation, resealed: counted?.valuesResealed ?? 0, unopenable: valuesStuck },
    }),
  );
}
