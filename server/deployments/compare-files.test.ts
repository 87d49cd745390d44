// Comparing bundles takes its time and no more, however hostile their files are: others wait for the same process (AHEAD 11).
import { createHash } from "node:crypto";
import { zipSync } from "fflate";
import { expect, it } from "vitest";
import { openBundle } from "~/server/bundles/open-bundle";
import { createTestManifest } from "~/server/testing/factories";
import { compareFiles } from "./compare-files";
import type { BundleSide } from "./compared-bundles";

const filesMany = 60;

async function sideOf(name: string): Promise<BundleSide> {
  const encode = (text: string) => new TextEncoder().encode(text);
  const texts = Array.from({ length: filesMany }, (_, file) => [`src/${file}.txt`, encode(`${name} ${file}`)] as const);
  const content = Object.fromEntries([["agent.config.json", encode(JSON.stringify(createTestManifest()))] as const, ...texts]);
  const files = Object.entries(content).map(([path, bytes]) => {
    return { path, sizeBytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  });
  return { files, bundle: await openBundle(Buffer.from(zipSync(content, { level: 1 }))) };
}

/** Each look at it finds 100 ms gone. */
function slowClock(): () => number {
  let looks = 0;
  return () => 100 * looks++;
}

it("leaves out the lines of what it has no time for, says so, and names every file all the same", async () => {
  const sides = { before: await sideOf("one"), after: await sideOf("two") };
  const { files, hosts } = await compareFiles(sides, { mayReadCode: true, nowMs: slowClock() });
  expect(files.map((file) => file.change)).toEqual(Array.from({ length: filesMany }, () => "changed"));
  expect(files.filter((file) => file.hunks !== null)).toHaveLength(30);
  expect(files.at(-1)).toMatchObject({ leftOut: "too_many", hunks: null });
  expect(hosts.isPartial).toBe(true);
});
