// Follows a chain link by link, and says where it is first no longer what was written.
import { contentHashOf, linkHashOf } from "~/db/audit-chain";
import type { Services } from "~/server/services";
import type { ChainFault } from "./audit.contract";
import { isSignedBy, keyIdOf } from "./audit-key";
import { type CheckpointRow, type LinkRow, listCheckpoints, listLinks } from "./chain.queries";
import { readChain } from "./read-chain";
import { checkpointText } from "./signed-texts";

const linksAtOnce = 1_000;

export type ChainPlace = { position: number; hash: Buffer };

export type ChainWalk = {
  chain: string;
  /** The last place that is taken for true. */
  from: ChainPlace;
  upTo: number;
  /** Public keys, in hexadecimal. */
  trusted: ReadonlySet<string>;
};

export type ChainWalked = { reached: ChainPlace; checkpoints: number; fault: ChainFault | null };

/** Reads in pages. `reached` is the last place that is as it was written. */
export async function followChain(needs: Pick<Services, "db" | "across">, walk: ChainWalk): Promise<ChainWalked> {
  let [reached, checkpoints] = [walk.from, 0];
  while (reached.position < walk.upTo) {
    const span = { after: reached.position, upTo: walk.upTo, limit: linksAtOnce };
    const page = await readChain(needs, walk.chain, async (tx) => {
      const links = await listLinks(tx, walk.chain, span);
      const upTo = links.at(-1)?.position ?? span.after;
      return { links, signed: await listCheckpoints(tx, walk.chain, { ...span, upTo }) };
    });
    const signedAt = new Map(page.signed.map((checkpoint) => [checkpoint.position, checkpoint]));
    for (const link of page.links) {
      const checkpoint = signedAt.get(link.position);
      const fault = faultOfLink(link, reached) ?? (checkpoint ? faultOfCheckpoint(checkpoint, link, walk.trusted) : null);
      if (fault) return { reached, checkpoints, fault };
      reached = { position: link.position, hash: link.hash };
      checkpoints += checkpoint ? 1 : 0;
    }
    if (page.links.length === 0) return { reached, checkpoints, fault: missingFault(reached.position + 1) };
  }
  return { reached, checkpoints, fault: null };
}

function faultOfLink(link: LinkRow, before: ChainPlace): ChainFault | null {
  const { position, entryId } = link;
  if (position !== before.position + 1) return missingFault(before.position + 1);
  const entry = entryOf(link);
  if (!entry) return { kind: "missing", position, entryId, message: `The entry at position ${position} was deleted.` };
  if (!contentHashOf(entry).equals(link.contentHash)) {
    return { kind: "edited", position, entryId, message: `The entry at position ${position} was changed after it was written.` };
  }
  if (linkHashOf(before.hash, position, link.contentHash).equals(link.hash)) return null;
  const message = `The entry at position ${position} does not follow from the one before: it was changed and hashed anew, moved, put in, or what stood before it was taken out.`;
  return { kind: "broken_link", position, entryId, message };
}

/** Judged after its link was found sound: a difference means that links were computed anew. */
function faultOfCheckpoint(checkpoint: CheckpointRow, link: LinkRow, trusted: ReadonlySet<string>): ChainFault | null {
  const { position, entryId } = link;
  const keyId = keyIdOf(checkpoint.publicKey);
  if (!trusted.has(checkpoint.publicKey.toString("hex"))) {
    const message = `The checkpoint at position ${position} is signed by the key ${keyId}, which this installation does not know. If it is a former key of yours, name it in AUDIT_FORMER_KEYS.`;
    return { kind: "forged_checkpoint", position, entryId, message };
  }
  if (!isSignedBy(checkpoint.publicKey, checkpointText(checkpoint), checkpoint.signature)) {
    return {
      kind: "forged_checkpoint",
      position,
      entryId,
      message: `The signature of the checkpoint at position ${position} is not valid.`,
    };
  }
  if (checkpoint.hash.equals(link.hash)) return null;
  const message = `The chain up to position ${position} is not the one that was signed on ${checkpoint.signedAt.toISOString()}: entries since the checkpoint before were changed and all hashes computed anew.`;
  return { kind: "rewritten", position, entryId, message };
}

function missingFault(position: number): ChainFault {
  return { kind: "missing", position, entryId: null, message: `Position ${position} is missing: its row was deleted.` };
}

/** The entry of a link, whole; null when it is gone. */
export function entryOf(link: LinkRow) {
  const { id, workspaceId, actorKind, action, metadata, createdAt } = link;
  if (id === null || workspaceId === null || actorKind === null || action === null || createdAt === null) return null;
  const { actorId, targetKind, targetId, traceId, ipAddress } = link;
  return { id, workspaceId, actorKind, actorId, action, targetKind, targetId, traceId, ipAddress, metadata, createdAt };
}
