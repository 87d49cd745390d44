// Batches wait in order, survive the host, and give way to newer ones when there are too many.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openTelemetrySpool } from "./telemetry-spool";

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "whs-spool-")), "spool");
});
afterEach(() => rmSync(path, { recursive: true }));

const batch = (body: string) => ({ headers: { "x-name": body }, body: Buffer.from(body) });
const silent = () => undefined;

it("keeps bytes and order over a restart", () => {
  const spool = openTelemetrySpool(path, silent);
  for (const body of ["eins", "zwei \u0000 三"]) spool.add(batch(body));
  const again = openTelemetrySpool(path, silent);
  const first = again.first();
  expect(first?.batch).toEqual(batch("eins"));
  again.remove(first?.name ?? "");
  again.add(batch("drei"));
  expect(again.first()?.batch).toEqual(batch("zwei \u0000 三"));
  expect(again.size).toBe(2);
});

it("puts a postponed batch behind the others", () => {
  const spool = openTelemetrySpool(path, silent);
  for (const body of ["a", "b"]) spool.add(batch(body));
  spool.postpone(spool.first()?.name ?? "");
  expect(spool.first()?.batch).toEqual(batch("b"));
  expect(openTelemetrySpool(path, silent).first()?.batch).toEqual(batch("b"));
});

it("drops what was damaged on disk", () => {
  const spool = openTelemetrySpool(path, silent);
  spool.add(batch("a"));
  spool.add(batch("b"));
  writeFileSync(join(path, spool.first()?.name ?? ""), "{");
  expect(spool.first()?.batch).toEqual(batch("b"));
});

it("has a limit, and says what it dropped", () => {
  let dropped = 0;
  const spool = openTelemetrySpool(
    path,
    (count) => {
      dropped += count;
    },
    3,
  );
  for (const body of ["a", "b", "c", "d"]) spool.add(batch(body));
  expect(spool.first()?.batch).toEqual(batch("b"));
  expect([spool.size, dropped]).toEqual([3, 1]);
});
