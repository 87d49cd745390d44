// Each minute: links entries that a process of an older release wrote, and signs every chain that moved.
import { contentHashOf } from "~/db/audit-chain";
import type { Services } from "~/server/services";
import { listMovedChainsAcrossWorkspaces, listUnsealedEntriesAcrossWorkspaces, sealEntryAcrossWorkspaces } from "./chain.queries";
import { signChain } from "./sign-chain";

const entriesMax = 10_000;
const chainsAtOnce = 200;
const chainsMax = 20_000;

export type AuditSweep = { linked: number; signed: number; broken: number };

/** Safe to run at any time, also twice at once. What is beyond its bounds waits for the next turn. */
export async function sweepAudit(needs: Pick<Services, "db" | "across" | "config" | "log">): Promise<AuditSweep> {
  const sweep: AuditSweep = { linked: await linkUnsealed(needs), signed: 0, broken: 0 };
  let after = "";
  for (let seen = 0; seen < chainsMax; seen += chainsAtOnce) {
    const chains = await listMovedChainsAcrossWorkspaces(needs.across, { after, limit: chainsAtOnce });
    for (const { workspaceId } of chains) {
      const { signedPosition, fault } = await signChain(needs, workspaceId);
      sweep.signed += signedPosition === null ? 0 : 1;
      sweep.broken += fault ? 1 : 0;
    }
    if (chains.length < chainsAtOnce) break;
    after = chains.at(-1)?.workspaceId ?? after;
  }
  return sweep;
}

/** One by one: each holds the head of one chain only, so no two can wait for each other. */
async function linkUnsealed(needs: Pick<Services, "across">): Promise<number> {
  const entries = await listUnsealedEntriesAcrossWorkspaces(needs.across, entriesMax);
  for (const entry of entries) await sealEntryAcrossWorkspaces(needs.across, entry.id, contentHashOf(entry));
  return entries.length;
}
