// Which files of two bundles differ, in which lines, and which hosts they came to name; bounded in what is read and shown.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { BundleFile } from "~/db/tables/uploads";
import { decodeText } from "~/server/bundles/decode-text";
import { readBundleFile } from "~/server/bundles/read-bundle-file";
import type { FileChange } from "./compare.contract";
import { compareHosts, type HostLedger, noteHosts } from "./compare-hosts";
import { compareLines } from "./compare-lines";
import type { BundlePair, BundleSide } from "./compared-bundles";

export type FilesDiff = {
  files: FileChange[];
  filesMore: number;
  isMasked: boolean;
  hosts: Awaited<ReturnType<typeof compareHosts>>;
};

const filesMax = 300;
const fileBytesMax = 256 * 1024;
const linesMax = 4_000;
const linesOfFileMax = 800;
/** One file takes up to half a second; what is not read by then is named only. */
const readingMsMax = 3_000;

type Pair = { path: string; before: BundleFile | null; after: BundleFile | null };
type Budget = { lines: number; isOver: () => boolean; isMasked: boolean; mayReadCode: boolean };
type Wish = {
  /** Without the right to read code the files are named and counted, and their lines left out. */
  mayReadCode: boolean;
  /** Milliseconds of a clock that only goes forward. */
  nowMs?: () => number;
};

export async function compareFiles(
  sides: BundlePair,
  { mayReadCode, nowMs = () => performance.now() }: Wish,
): Promise<FilesDiff> {
  const pairs = pairsOf(sides);
  const endsAtMs = nowMs() + readingMsMax;
  const budget: Budget = { lines: linesMax, isOver: () => nowMs() > endsAtMs, isMasked: false, mayReadCode };
  const ledger: HostLedger = { before: new Map(), after: new Map(), isPartial: pairs.length > filesMax };
  const files: FileChange[] = [];
  for (const pair of pairs.slice(0, filesMax)) {
    files.push(await compareFile(pair, sides, { budget, ledger }));
    await nextTurn();
  }
  const hosts = await compareHosts(sides, ledger);
  return { files, filesMore: Math.max(0, pairs.length - filesMax), isMasked: budget.isMasked, hosts };
}

/** By the digests that the upload door recorded: nothing is read to know which files differ. */
function pairsOf({ before, after }: BundlePair): Pair[] {
  const [old, now] = [before.files, after.files].map((files) => new Map(files.map((file) => [file.path, file])));
  return [...new Set([...before.files, ...after.files].map((file) => file.path))]
    .sort()
    .map((path) => ({ path, before: old?.get(path) ?? null, after: now?.get(path) ?? null }))
    .filter((pair) => pair.before?.sha256 !== pair.after?.sha256);
}

async function compareFile(pair: Pair, sides: BundlePair, around: { budget: Budget; ledger: HostLedger }): Promise<FileChange> {
  const change: FileChange = {
    path: pair.path,
    change: pair.before === null ? "added" : pair.after === null ? "removed" : "changed",
    beforeBytes: pair.before?.sizeBytes ?? null,
    afterBytes: pair.after?.sizeBytes ?? null,
    added: null,
    removed: null,
    hunks: null,
    leftOut: null,
    isCut: false,
  };
  const { budget, ledger } = around;
  const unread = reasonToLeaveUnread(change, sides, budget);
  if (unread) {
    ledger.isPartial = true;
    return { ...change, leftOut: budget.mayReadCode ? unread : "withheld" };
  }
  const before = await textOf(sides.before, pair.before);
  const after = await textOf(sides.after, pair.after);
  noteHosts(ledger.before, pair.path, before ?? "");
  noteHosts(ledger.after, pair.path, after ?? "");
  if (!budget.mayReadCode) return { ...change, leftOut: "withheld" };
  if (before === null || after === null) return { ...change, leftOut: "binary" };
  return { ...change, ...linesWithin(budget, pair.path, { before, after }) };
}

function reasonToLeaveUnread({ beforeBytes, afterBytes }: FileChange, sides: BundlePair, { isOver }: Budget) {
  if (sides.before.bundle === null || sides.after.bundle === null) return "pruned";
  if (Math.max(beforeBytes ?? 0, afterBytes ?? 0) > fileBytesMax) return "too_large";
  return isOver() ? "too_many" : null;
}

function linesWithin(
  budget: Budget,
  path: string,
  texts: { before: string; after: string },
): Pick<FileChange, "leftOut"> & Partial<FileChange> {
  if (budget.lines <= 0) return { leftOut: "too_many" };
  const diff = compareLines(path, texts, Math.min(budget.lines, linesOfFileMax));
  if (!diff) return { leftOut: "too_different" };
  const { isMasked, ...lines } = diff;
  budget.isMasked ||= isMasked;
  budget.lines -= diff.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
  return { ...lines, leftOut: null };
}

/** The empty text for a file that is not there, null for one that is no text. */
async function textOf(side: BundleSide, file: BundleFile | null): Promise<string | null> {
  return file === null || side.bundle === null ? "" : decodeText(await readBundleFile(side.bundle, file));
}
