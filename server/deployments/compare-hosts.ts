// Which hosts one bundle names and the other does not (AHEAD 11: what a version may newly touch).
import { setImmediate as nextTurn } from "node:timers/promises";
import { decodeText } from "~/server/bundles/decode-text";
import { mentionedHosts } from "~/server/bundles/mentioned-hosts";
import { readBundleFile } from "~/server/bundles/read-bundle-file";
import type { BundlePair, BundleSide } from "./compared-bundles";

/** Host → the differing files that name it. */
type HostFiles = Map<string, string[]>;
export type HostLedger = { before: HostFiles; after: HostFiles; isPartial: boolean };
export type HostMention = { host: string; files: string[] };

const hostsMax = 1_000;
const hostsShownMax = 100;
const filesNamedMax = 5;
const unchangedFileBytesMax = 1024 * 1024;
const unchangedBytesMax = 16 * 1024 * 1024;

export function noteHosts(hosts: HostFiles, path: string, text: string): void {
  for (const host of mentionedHosts(text, hostsMax)) {
    const files = hosts.get(host) ?? [];
    if (files.length < filesNamedMax) files.push(path);
    if (hosts.size < hostsMax || hosts.has(host)) hosts.set(host, files);
  }
}

/** What a file that stayed as it is names too is neither new nor gone. */
export async function compareHosts(sides: BundlePair, ledger: HostLedger) {
  const added = onlyIn(ledger.after, ledger.before);
  const removed = onlyIn(ledger.before, ledger.after);
  let { isPartial } = ledger;
  if (added.size + removed.size > 0 && !(await dropStillNamed(sides, [added, removed]))) isPartial = true;
  return { added: mentionsOf(added), removed: mentionsOf(removed), isPartial };
}

function onlyIn(side: HostFiles, other: HostFiles): HostFiles {
  return new Map([...side].filter(([host]) => !other.has(host)));
}

/** False when the files that stayed were too many or too large to be looked through as a whole. */
async function dropStillNamed({ before, after }: BundlePair, candidates: HostFiles[]): Promise<boolean> {
  if (after.bundle === null) return false;
  let bytesLeft = unchangedBytesMax;
  let isWhole = true;
  for (const file of stayedIn(before, after)) {
    if (file.sizeBytes > Math.min(bytesLeft, unchangedFileBytesMax)) {
      isWhole = false;
      continue;
    }
    bytesLeft -= file.sizeBytes;
    const named = mentionedHosts(decodeText(await readBundleFile(after.bundle, file)) ?? "", hostsMax);
    for (const hosts of candidates) for (const host of named) hosts.delete(host);
    if (candidates.every((hosts) => hosts.size === 0)) return true;
    await nextTurn();
  }
  return isWhole;
}

function stayedIn(before: BundleSide, after: BundleSide) {
  const digests = new Map(before.files.map((file) => [file.path, file.sha256]));
  return after.files.filter((file) => digests.get(file.path) === file.sha256);
}

function mentionsOf(hosts: HostFiles): HostMention[] {
  return [...hosts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, hostsShownMax)
    .map(([host, files]) => ({ host, files }));
}
