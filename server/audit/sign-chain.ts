// Signs the place that a chain has reached, after following it from the place that was signed last.
import { genesisHash } from "~/db/audit-chain";
import { systemClock } from "~/server/clock";
import { useCredential } from "~/server/credentials/use-credential";
import type { Services } from "~/server/services";
import type { ChainFault } from "./audit.contract";
import { isSignedBy, openAuditKey, trustedKeys } from "./audit-key";
import { findChainHead, findNewestCheckpoint, insertCheckpointAcrossWorkspaces } from "./chain.queries";
import { followChain } from "./follow-chain";
import { readChain } from "./read-chain";
import { checkpointText } from "./signed-texts";

/** Followed in one call. What is beyond is signed by the next one. */
const linksMax = 100_000;

type Needs = Pick<Services, "db" | "across" | "config" | "log">;

export type ChainSigning = { signedPosition: number | null; fault: ChainFault | null };

/** A chain that is not what was written is never signed: that is logged as an error, and shown by the verification. */
export async function signChain(needs: Needs, chain: string): Promise<ChainSigning> {
  const trusted = trustedKeys(needs.config);
  const [last, head] = await readChain(needs, chain, async (tx) => [
    await findNewestCheckpoint(tx, chain),
    await findChainHead(tx, chain),
  ]);
  if (last && last.position === head?.position && last.hash.equals(head.hash)) return { signedPosition: null, fault: null };
  const isSound =
    !last || (trusted.has(last.publicKey.toString("hex")) && isSignedBy(last.publicKey, checkpointText(last), last.signature));
  if (!isSound || (last && (head?.position ?? 0) <= last.position)) return refuse(needs, chain, last?.position ?? 0);
  const from = last ?? { position: 0, hash: genesisHash };
  const upTo = Math.min(head?.position ?? 0, from.position + linksMax);
  const { reached, fault } = await followChain(needs, { chain, from, upTo, trusted });
  if (fault) return refuse(needs, chain, fault.position, fault);
  if (reached.position === from.position) return { signedPosition: null, fault: null };
  const key = openAuditKey(needs.config);
  useCredential({ ...needs, clock: systemClock }, "AUDIT_SIGNING_KEY");
  const checkpoint = { workspaceId: chain, ...reached, signedAt: new Date(), publicKey: key.publicKey };
  const signature = key.sign(checkpointText(checkpoint));
  await insertCheckpointAcrossWorkspaces(needs.across, { ...checkpoint, signature });
  return { signedPosition: reached.position, fault: null };
}

function refuse(needs: Needs, chain: string, position: number, found?: ChainFault): ChainSigning {
  const message = `The chain no longer holds what was signed at position ${position}.`;
  const fault: ChainFault = found ?? { kind: "truncated", position, entryId: null, message };
  needs.log.error({ chain, fault }, "an audit chain is not what was written; it is not signed");
  return { signedPosition: null, fault };
}
