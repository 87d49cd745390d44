// Every known trick of hostile archives is refused with its own reason, quickly, and nothing is unpacked outside or left behind.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AppError } from "~/server/errors";
import { hostileArchives, hostileLimits } from "~/server/testing/hostile-archives";
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

  it("is refused within 100 ms each", async () => {
    for (const { zip } of corpus) await refusalOf(zip); // once, so that the code is warm
    const slow: string[] = [];
    for (const { what, zip } of corpus) {
      const before = performance.now();
      await refusalOf(zip);
      const tookMs = performance.now() - before;
      if (tookMs > 100) slow.push(`${what}: ${Math.round(tookMs)} ms`);
    }
    expect(slow).toEqual([]);
  });

  it("never writes outside the directory it is unpacked into", async () => {
    const target = mkdtempSync(join(directory, "target-"));
    for (const { zip } of corpus) await extractBundle(zip, limits, target).catch(() => undefined);
    expect(readdirSync(directory)).toEqual([target.split("/").at(-1)]);
  });
});
