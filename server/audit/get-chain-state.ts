// Where a workspace's chain stands: how long it is, how far it is signed, and by which key.
import type { Services } from "~/server/services";
import type { ChainState } from "./audit.contract";
import { keyIdOf, openAuditKey } from "./audit-key";
import { findChainHead, findNewestCheckpoint } from "./chain.queries";
import { readChain } from "./read-chain";

export async function getChainState(needs: Pick<Services, "db" | "across" | "config">, chain: string): Promise<ChainState> {
  const [head, checkpoint] = await readChain(needs, chain, async (tx) => [
    await findChainHead(tx, chain),
    await findNewestCheckpoint(tx, chain),
  ]);
  const { keyId, publicKey } = openAuditKey(needs.config);
  return {
    entries: head?.position ?? 0,
    hash: head?.hash.toString("hex") ?? null,
    checkpoint: checkpoint
      ? { position: checkpoint.position, signedAt: checkpoint.signedAt, keyId: keyIdOf(checkpoint.publicKey) }
      : null,
    key: { keyId, publicKey: publicKey.toString("hex") },
  };
}
