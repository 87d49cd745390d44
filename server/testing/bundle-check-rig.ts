// The bundle check as measurements drive it: from outside the house, on archives of any size.
import { rmSync, writeFileSync } from "node:fs";
import { zipSync } from "fflate";
import { checkInThread } from "~/server/bundles/check-in-thread";
import { plans } from "~/server/plans/plans";
import { entry, manifest } from "./hostile-archive";
import { hostileArchives, hostileLimits } from "./hostile-archives";
import { rawZip } from "./raw-zip";

/** No plan allows so much; what is measured must not depend on plans. */
const limits = { ...plans.enterprise, bundleBytesMax: 2 ** 31, extractedBytesMax: 2 ** 31, filesMax: 20_000 };
const surroundings = { runtimes: ["embedded" as const] };

/** A zip of so many files of words and noise, the same at each run. Answers the bytes of its files. */
export function writeLargeBundle(path: string, filesCount: number, fileBytes: number): number {
  const files: Record<string, Uint8Array> = {};
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 8;
  };
  for (let n = 0; n < filesCount; n += 1) files[`src/part-${n % 100}/file-${n}.ts`] = contentOf(fileBytes, random);
  for (const { name, data } of [manifest, entry]) files[String(name)] = Buffer.from(data ?? "");
  writeFileSync(path, zipSync(files, { level: 6 }));
  return Object.values(files).reduce((sum, file) => sum + file.length, 0);
}

/** The check as the upload door runs it: in a thread, from a file. */
export async function checkLargeBundle(path: string): Promise<number> {
  const { files } = await checkInThread("bench", { path, limits, surroundings });
  return files.length;
}

/** What a process needs only once: the thread's program. */
export async function warmUp(path: string): Promise<void> {
  writeFileSync(path, rawZip([manifest, entry]));
  await checkLargeBundle(path);
  rmSync(path);
}

/** The milliseconds until each hostile archive was refused, with what it is. */
export async function timeRefusals(path: string): Promise<{ what: string; tookMs: number }[]> {
  const times: { what: string; tookMs: number }[] = [];
  for (const { what, zip } of hostileArchives()) {
    writeFileSync(path, zip);
    const startedAt = performance.now();
    const outcome = await checkInThread("bench", { path, limits: hostileLimits, surroundings }).catch((error: Error) => error);
    if (!(outcome instanceof Error)) throw new Error(`"${what}" was let in`);
    times.push({ what, tookMs: performance.now() - startedAt });
  }
  rmSync(path);
  return times;
}

/** Source code has words that return; a third is such as keys and images are. */
function contentOf(bytes: number, random: () => number): Uint8Array {
  const words = [
    "const",
    "export",
    "return",
    "await",
    "function",
    "import",
    "from",
    "request",
    "response",
    "context",
    "=>",
    "{",
    "}",
  ];
  const content = Buffer.alloc(bytes);
  let at = 0;
  while (at < (bytes * 2) / 3) at += content.write(`${words[random() % words.length]}${random() % 50} `, at);
  for (; at < bytes; at += 1) content[at] = random();
  return content;
}
