// The campaign against the bundle check: archives are mutated at random, and whatever comes of them, nothing outside is touched.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkBundle } from "~/server/bundles/check-bundle";
import { extractBundle } from "~/server/bundles/extract-bundle";
import { AppError } from "~/server/errors";
import { hostileArchives, hostileLimits } from "./hostile-archives";
import { mutateArchive, seededRandom } from "./mutate-archive";
import { oddArchives } from "./odd-archives";

export type CampaignResult = { accepted: number; refused: Record<string, number> };

const diskBytesMax = 32 * 1024 * 1024;
/** Looking at the whole tree costs more than a mutant. */
const watchEvery = 500;

/** Throws with the seed and number of the first mutant that broke a promise; with both, it is made again. */
export async function runUnpackCampaign(options: { seed: number; count: number; directory: string }): Promise<CampaignResult> {
  const ground = openGround(options.directory);
  const hostile = smallOf(hostileArchives());
  const odd = smallOf(oddArchives());
  const result: CampaignResult = { accepted: 0, refused: {} };
  for (let number = 0; number < options.count; number += 1) {
    const random = seededRandom(options.seed + number);
    const from = random(3) === 0 ? hostile : odd;
    const mutant = mutateArchive(from[random(from.length)] ?? Buffer.alloc(0), hostile, random);
    const reason = await judge(mutant, ground).catch((cause) => {
      throw new Error(`mutant ${number} of seed ${options.seed}: ${cause.message}`, { cause });
    });
    if (reason === null) result.accepted += 1;
    else result.refused[reason] = (result.refused[reason] ?? 0) + 1;
    if (number % watchEvery === 0 || number === options.count - 1)
      ground.assertUntouched(`by mutant ${number} of seed ${options.seed}`);
  }
  return result;
}

/** Large ones are large only to be refused for it; a mutant of them is no better than one of a small one. */
function smallOf(archives: { zip: Buffer }[]): Buffer[] {
  return archives.map(({ zip }) => zip).filter((zip) => zip.length < 64 * 1024);
}

/** The reason of the refusal, or null: then what was unpacked is what was checked. */
async function judge(mutant: Buffer, ground: Ground): Promise<string | null> {
  const checked = await checkBundle(mutant, hostileLimits, { runtimes: ["embedded"] }).catch(refusalOf);
  const target = ground.freshTarget();
  const extracted = await extractBundle(mutant, hostileLimits, target).catch(refusalOf);
  const isThere = readdirSync(ground.inside).length > 0;
  if (extracted instanceof AppError && isThere) throw new Error("a refusal left something behind");
  if (!(extracted instanceof AppError)) assertWithinCaps(target);
  if (checked instanceof AppError) {
    rmSync(target, { recursive: true, force: true });
    return checked.details.reason ?? checked.code;
  }
  if (extracted instanceof AppError) throw new Error(`let in, and refused while unpacking: ${extracted.message}`);
  const unpacked = filesUnder(target).length;
  if (unpacked < checked.files.length) throw new Error(`${checked.files.length} files were checked, ${unpacked} unpacked`);
  rmSync(target, { recursive: true, force: true });
  return null;
}

/** Anything but a refusal with a reason is a crash. */
function refusalOf(error: unknown): AppError {
  if (error instanceof AppError && error.code === "INVALID_REQUEST" && error.details.reason) return error;
  throw error;
}

function assertWithinCaps(target: string): void {
  const files = filesUnder(target);
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  if (bytes > diskBytesMax || bytes > hostileLimits.extractedBytesMax) throw new Error(`${bytes} bytes were unpacked`);
  if (files.length > hostileLimits.filesMax * 2) throw new Error(`${files.length} files were unpacked`);
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((item) => !item.isDirectory())
    .map((item) => join(item.parentPath, item.name));
}

type Ground = { inside: string; freshTarget: () => string; assertUntouched: (by: string) => void };

/** Targets lie deep in a tree of sentinels, so that a way up leads to one of them. */
function openGround(directory: string): Ground {
  const ground = mkdtempSync(join(directory, "ground-"));
  const inside = join(ground, "a/b/c/inside");
  mkdirSync(inside, { recursive: true });
  for (const folder of ["", "a", "a/b", "a/b/c"]) writeFileSync(join(ground, folder, "index.ts"), "sentinel");
  const seen = () => filesUnder(ground).map((file) => `${file} ${readFileSync(file, "utf8")} ${statSync(file).mtimeMs}`);
  const before = seen().sort().join("\n");
  return {
    inside,
    freshTarget: () => mkdtempSync(join(inside, "target-")),
    assertUntouched: (by) => {
      if (seen().sort().join("\n") !== before) throw new Error(`something outside was written ${by}`);
    },
  };
}
