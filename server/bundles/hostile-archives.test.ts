// Every known trick of hostile archives is refused with its own reason, and nothing is unpacked outside or left behind.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AppError } from "~/server/errors";
import { entry, manifest } from "~/server/testing/hostile-archive";
import { hostileArchives, hostileLimits } from "~/server/testing/hostile-archives";
import { rawZip } from "~/server/testing/raw-zip";
import { bundleRefusals } from "./bundle-refusal";
import { checkBundle } from "./check-bundle";
import { extractBundle } from "./extract-bundle";

const corpus = hostileArchives();
const limits = hostileLimits;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "whs-hostile-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function refusalOf(zip: Buffer): Promise<AppError> {
  return checkBundle(zip, limits, { runtimes: ["embedded"] }).then(
    () => Promise.reject(new Error("the archive was accepted")),
    (error: AppError) => error,
  );
}

describe("a hostile archive", () => {
  it.each(corpus)("is refused: $what → $reason", async ({ reason, zip }) => {
    const error = await refusalOf(zip);
    expect(error.details?.reason).toBe(reason);
    expect(error.code).toBe("INVALID_REQUEST");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no name may smuggle one into a message
    expect(error.message).not.toMatch(/[\u0000-\u001f\u202e\u200b]/);
  });

  it("meets every reason at least once", () => {
    expect(new Set(corpus.map((attack) => attack.reason))).toEqual(new Set(bundleRefusals));
  });

  it("writes nothing outside the directory it is unpacked into, at most 32 MB inside, and leaves nothing of it", async () => {
    const target = join(directory, "target");
    for (const { what, zip } of corpus) {
      mkdirSync(target);
      const written = await bytesWrittenBy(() => extractBundle(zip, limits, target).catch((error: AppError) => error.code));
      expect([what, readdirSync(directory)]).toEqual([what, []]);
      expect(written).toBeLessThanOrEqual(32 * 1024 * 1024);
    }
  });

  it("is not unpacked into a directory that holds something, or through a link", async () => {
    const [target, link] = [join(directory, "taken"), join(directory, "link")];
    mkdirSync(join(target, "somebody's"), { recursive: true });
    symlinkSync(target, link);
    const good = rawZip([manifest, entry]);
    await expect(extractBundle(good, limits, link)).rejects.toThrow(/ELOOP|ENOTDIR/);
    await expect(extractBundle(good, limits, target)).rejects.toThrow("not empty");
    expect(existsSync(join(target, "somebody's"))).toBe(true);
    for (const path of [link, target]) rmSync(path, { recursive: true, force: true });
  });
});

/** What this process wrote to files meanwhile, as the kernel counts it. */
async function bytesWrittenBy(act: () => Promise<unknown>): Promise<number> {
  const before = bytesWritten();
  await act();
  return bytesWritten() - before;
}

function bytesWritten(): number {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
}
