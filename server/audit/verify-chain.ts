// Follows a chain from its beginning to its head, with every signature on the way: is it what was written? (MISSION J1)
import { genesisHash } from "~/db/audit-chain";
import { AppError } from "~/server/errors";
import { limitRate, type RateRule } from "~/server/rate-limit/limit-rate";
import type { Services } from "~/server/services";
import type { ChainFault, ChainVerdict } from "./audit.contract";
import { trustedKeys } from "./audit-key";
import { findChainHead, findLink, findNewestCheckpoint, findUnlinkedEntry } from "./chain.queries";
import { type ChainPlace, followChain } from "./follow-chain";
import { readChain } from "./read-chain";

/** Followed in one call; the answer is then `partial`, and the next call goes on behind it. */
const linksMax = 100_000;
const perChain: RateRule = { name: "audit_verify", points: 20, windowSeconds: 60 };

type Needs = Pick<Services, "db" | "across" | "config" | "log" | "clock" | "redis">;

/** `after`: the position that an earlier call reached; what is before is taken for true. */
export async function verifyChain(
  needs: Needs,
  chain: string,
  { after, atMost = linksMax }: { after: number; atMost?: number },
): Promise<ChainVerdict> {
  await limitRate(needs, [{ rule: perChain, subject: chain }]);
  const startedAt = performance.now();
  // The checkpoint is read before the head: one that is signed meanwhile must not look like a place beyond the end.
  const [newest, head] = await readChain(needs, chain, async (tx) => [
    await findNewestCheckpoint(tx, chain),
    await findChainHead(tx, chain),
  ]);
  const end = head?.position ?? 0;
  const from = await placeAt(needs, chain, after);
  const upTo = Math.min(end, from.position + atMost);
  const walked = await followChain(needs, { chain, from, upTo, trusted: trustedKeys(needs.config) });
  const isWhole = upTo === end;
  const fault = walked.fault ?? (isWhole ? await faultOfEnd(needs, chain, { head, newest, reached: walked.reached }) : null);
  if (fault) needs.log.error({ chain, fault }, "an audit chain is not what was written");
  return {
    state: fault ? "broken" : isWhole ? "intact" : "partial",
    entries: end,
    checkedAfter: from.position,
    checkedTo: walked.reached.position,
    checkpoints: walked.checkpoints,
    fault,
    checkedAt: needs.clock.now(),
    tookMs: Math.round(performance.now() - startedAt),
  };
}

async function placeAt(needs: Needs, chain: string, after: number): Promise<ChainPlace> {
  if (after === 0) return { position: 0, hash: genesisHash };
  const link = await readChain(needs, chain, (tx) => findLink(tx, chain, after));
  if (!link) throw new AppError("INVALID_REQUEST", `The chain has no position ${after}. Verify it from the beginning.`);
  return link;
}

type End = { head: ChainPlace | undefined; newest: ChainPlace | undefined; reached: ChainPlace };

async function faultOfEnd(needs: Needs, chain: string, { head, newest, reached }: End): Promise<ChainFault | null> {
  if (newest && newest.position > reached.position) {
    const message = `The chain ends at position ${reached.position}, but position ${newest.position} was signed: the newest entries were deleted.`;
    return { kind: "truncated", position: reached.position + 1, entryId: null, message };
  }
  const beyond = await readChain(needs, chain, (tx) => findLink(tx, chain, reached.position + 1));
  const isEnd = head ? head.hash.equals(reached.hash) : !beyond;
  if (!isEnd) {
    const message = `The chain's head does not name the entry at position ${reached.position}: the head or the newest entries were changed.`;
    return { kind: "truncated", position: reached.position, entryId: null, message };
  }
  const stray = await readChain(needs, chain, (tx) => findUnlinkedEntry(tx, chain));
  if (!stray) return null;
  const message = `The entry ${stray.id} is in the log but not in the chain: it was put in past it, or its link was deleted.`;
  return { kind: "unlinked", position: reached.position, entryId: stray.id, message };
}
