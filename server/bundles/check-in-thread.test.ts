// The check in its thread: nobody else waits for it, each workspace has its turn, and errors come back as they were.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppError } from "~/server/errors";
import { plans } from "~/server/plans/plans";
import { expectOnceAtMost } from "~/server/testing/expect-once-at-most";
import { entry, manifest } from "~/server/testing/hostile-archive";
import { hostileArchives } from "~/server/testing/hostile-archives";
import { rawZip } from "~/server/testing/raw-zip";
import { enterCheckGate } from "./check-gate";
import { checkInThread } from "./check-in-thread";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "whs-thread-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function check(zip: Buffer, name = "bundle") {
  const path = join(directory, `${name}.zip`);
  writeFileSync(path, zip);
  return checkInThread("wks_1", { path, limits: plans.free, surroundings: { runtimes: ["embedded"] } });
}

describe("a check in its thread", () => {
  it("answers as it would here, refusals with their reason", async () => {
    expect((await check(rawZip([manifest, entry]))).files).toHaveLength(2);
    const attack = hostileArchives().find(({ what }) => what === "symbolic link");
    const refusal = await check(attack?.zip ?? Buffer.alloc(0)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AppError);
    expect(refusal).toMatchObject({ code: "INVALID_REQUEST", details: { reason: "bundle_symlink", issues: [{ path: "file" }] } });
  });

  it("leaves this thread to others: of its time next to nothing is spent here", async () => {
    const text = randomBytes(4_000).toString("hex").repeat(2);
    const files = Array.from({ length: 3_000 }, (_, n) => ({ name: `src/${n}.ts`, data: `${n} ${text}` }));
    const zip = rawZip([manifest, entry, ...files]);
    await check(rawZip([manifest, entry])); // its program is bundled once
    await expectOnceAtMost(0.5, async () => {
      const startedAt = performance.now();
      const before = performance.eventLoopUtilization();
      await check(zip, "large");
      const { active } = performance.eventLoopUtilization(before);
      return active / (performance.now() - startedAt);
    });
  });

  it("of a file that went away is an error of ours, and the next one is checked all the same", async () => {
    const gone = { path: join(directory, "gone.zip"), limits: plans.free, surroundings: { runtimes: ["embedded" as const] } };
    await expect(checkInThread("wks_1", gone)).rejects.toMatchObject({ code: "INTERNAL" });
    expect((await check(rawZip([manifest, entry]))).files).toHaveLength(2);
  });
});

const refusalOf = (error: unknown) => (error instanceof AppError ? error.code : "something else");

describe("the gate", () => {
  it("gives a workspace that comes late its turn before the many of another", async () => {
    const order: string[] = [];
    const inside = await Promise.all([enterCheckGate("a"), enterCheckGate("a")]);
    const enter = async (workspaceId: string) => {
      const leave = await enterCheckGate(workspaceId);
      order.push(workspaceId);
      leave();
    };
    const entering = ["a", "a", "a", "b"].map(enter);
    for (const leave of inside) leave();
    await Promise.all(entering);
    expect(order.indexOf("b")).toBeLessThan(2);
    expect(order).toHaveLength(4);
  });

  it("has a place in the line for everybody, however many one workspace sends", async () => {
    const inside = await Promise.all([enterCheckGate("a"), enterCheckGate("a")]);
    const flood = Array.from({ length: 300 }, () => enterCheckGate("a").then((leave) => leave(), refusalOf));
    const late = enterCheckGate("b").then((leave) => leave(), refusalOf);
    for (const leave of inside) leave();
    expect(await late).toBeUndefined();
    const refused = (await Promise.all(flood)).filter((refusal) => refusal !== undefined);
    expect(refused.length).toBeGreaterThan(200);
    expect(new Set(refused)).toEqual(new Set(["RATE_LIMITED"]));
  });
});
