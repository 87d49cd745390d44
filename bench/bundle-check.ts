// How much the bundle check costs: against `unzip -t`, yauzl stream by stream and extract-zip, on one archive in one run.
//
// Run with: node launch/bootstrap.mjs bench bundle-check
// Each way works in a process of its own, in turns, so that its CPU time and its memory are its own. Ours is the check as the upload
// door runs it: a thread, every rule, checksum and SHA-256 of every file. Needs `unzip` on the PATH (apt-get install unzip).
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import extractZip from "extract-zip";
import { type Entry, open, type ZipFile } from "yauzl";
import { checkLargeBundle, timeRefusals, warmUp, writeLargeBundle } from "~/server/testing/bundle-check-rig";

const goals = { ofUnzip: 0.6, ofStreams: 4, memoryOverZipMb: 32, refusalMs: 100 };
const [filesCount, fileBytes, rounds] = [10_000, 9_000, 3];
const mb = 1_000_000;
const mebi = 1024 * 1024;
/** Of /proc/self/stat, on every Linux that Node runs on. */
const ticksPerSecond = 100;

type Spent = { cpuSeconds: number; grownBytes: number };

/** What is run in a process of its own. */
const ways: Record<string, (zip: string, folder: string) => Promise<unknown>> = {
  ours: (zip) => checkLargeBundle(zip),
  streams: (zip) => hashStreams(zip),
  "extract-zip": (zip, folder) => extractZip(zip, { dir: path.join(folder, "out") }),
};

const [, program = "", wayName = "", zipArgument = "", folderArgument = ""] = process.argv;
if (wayName in ways) await runWay(wayName, zipArgument, folderArgument);
else await measure();

async function measure(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "whs-bench-bundle-"));
  try {
    say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
    const zip = path.join(folder, "bundle.zip");
    const bytes = writeLargeBundle(zip, filesCount, fileBytes);
    say(`${filesCount} files, ${(bytes / mb).toFixed(0)} MB, packed ${(statSync(zip).size / mb).toFixed(0)} MB`);
    compare(zip, folder, bytes);
    await measureRefusals(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare(zip: string, folder: string, bytes: number): void {
  const spent: Record<string, Spent[]> = { unzip: [], ours: [], streams: [], "extract-zip": [] };
  for (let round = 0; round < rounds; round += 1) {
    spent["unzip"]?.push({ cpuSeconds: cpuOfUnzip(zip), grownBytes: 0 });
    for (const way of Object.keys(ways)) {
      // It takes ten times as long as the others, and no goal hangs on it.
      if (way !== "extract-zip" || round === 0) spent[way]?.push(spendApart(way, zip, folder));
    }
  }
  const rate = (way: string) => bytes / mb / median((spent[way] ?? []).map(({ cpuSeconds }) => cpuSeconds));
  for (const way of Object.keys(spent)) say(`     ${way.padEnd(12)} ${rate(way).toFixed(0).padStart(4)} MB per CPU second`);
  const [ofUnzip, ofStreams] = [rate("ours") / rate("unzip"), rate("ours") / rate("streams")];
  const overZip = Math.max(...(spent["ours"] ?? []).map(({ grownBytes }) => grownBytes)) - statSync(zip).size;
  report(`${ofUnzip.toFixed(2)}x unzip -t`, `at least ${goals.ofUnzip}x`, ofUnzip >= goals.ofUnzip);
  report(`${ofStreams.toFixed(1)}x one stream per entry`, `at least ${goals.ofStreams}x`, ofStreams >= goals.ofStreams);
  report(
    `memory: the zip and ${(overZip / mebi).toFixed(0)} MiB`,
    `the zip and ${goals.memoryOverZipMb} MiB`,
    overZip <= goals.memoryOverZipMb * mebi,
  );
}

async function measureRefusals(folder: string): Promise<void> {
  await warmUp(path.join(folder, "small.zip"));
  const times = await timeRefusals(path.join(folder, "hostile.zip"));
  const slowest = times.reduce((one, other) => (other.tookMs > one.tookMs ? other : one));
  report(
    `${times.length} hostile archives refused, p50 ${median(times.map(({ tookMs }) => tookMs)).toFixed(0)} ms, slowest ${slowest.tookMs.toFixed(0)} ms (${slowest.what})`,
    `at most ${goals.refusalMs} ms`,
    slowest.tookMs <= goals.refusalMs,
  );
}

/** In the child: prints what the way cost beyond what the process needs anyway. */
async function runWay(way: string, zip: string, folder: string): Promise<void> {
  if (way === "ours") await warmUp(path.join(folder, "small.zip"));
  // From here on the kernel counts the peak anew: what made the archives is not the check's.
  writeFileSync("/proc/self/clear_refs", "5");
  const before = process.memoryUsage.rss();
  const startedAt = process.cpuUsage();
  await ways[way]?.(zip, folder);
  const { user, system } = process.cpuUsage(startedAt);
  const grownBytes = peakBytes() - before;
  rmSync(path.join(folder, "out"), { recursive: true, force: true });
  say(JSON.stringify({ cpuSeconds: (user + system) / 1e6, grownBytes } satisfies Spent));
}

function spendApart(way: string, zip: string, folder: string): Spent {
  const ran = spawnSync(process.execPath, [program, way, zip, folder], { encoding: "utf8", timeout: 300_000 });
  assertRan(ran);
  return JSON.parse(ran.stdout) as Spent;
}

function cpuOfUnzip(zip: string): number {
  const before = childrenTicks();
  assertRan(spawnSync("unzip", ["-tqq", zip], { encoding: "utf8", timeout: 300_000 }));
  return (childrenTicks() - before) / ticksPerSecond;
}

function assertRan(ran: SpawnSyncReturns<string>): void {
  if (ran.error) throw ran.error;
  if (ran.status !== 0) throw new Error(`${ran.stdout}${ran.stderr}`);
}

/** User and system time of children that ended. */
function childrenTicks(): number {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[13]) + Number(fields[14]);
}

function peakBytes(): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
}

/** As most programs do it: a stream for each entry, with its size checked, and hashed. */
function hashStreams(file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    open(file, { lazyEntries: true }, (error: Error | null, zip: ZipFile) => {
      if (error) return reject(error);
      zip.on("entry", (entry: Entry) =>
        zip.openReadStream(entry, (failed: Error | null, stream: Readable) => {
          if (failed) return reject(failed);
          pipeline(stream, createHash("sha256")).then(() => zip.readEntry(), reject);
        }),
      );
      zip.on("end", () => resolve());
      zip.on("error", reject);
      zip.readEntry();
    });
  });
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}

function report(what: string, goal: string, isMet: boolean): void {
  say(`${isMet ? "ok  " : "MISS"} ${what} (goal ${goal})`);
  if (!isMet) process.exitCode = 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
