// Blobs: whole or absent, private, and no key reaches outside the store.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BlobStore } from "./blob-store";
import { createBlobStore } from "./create-blob-store";

let directory: string;
let blobs: BlobStore;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "whs-blobs-"));
  blobs = createBlobStore({ directory: join(directory, "blobs") });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("the blob store", () => {
  it("gives back what was put, as bytes and as a stream, also after being overwritten", async () => {
    await blobs.putBytes("wks_1/a.zip", Buffer.from("one"));
    await blobs.putBytes("wks_1/a.zip", Buffer.from("two"));
    expect((await blobs.read("wks_1/a.zip")).toString()).toBe("two");
    expect((await buffer(await blobs.stream("wks_1/a.zip"))).toString()).toBe("two");
  });

  it("moves a file in and keeps everything private", async () => {
    const path = join(directory, "incoming.zip");
    writeFileSync(path, "zip", { mode: 0o644 });
    await blobs.putFile("wks_1/uploads/u.zip", path);
    expect((await blobs.read("wks_1/uploads/u.zip")).toString()).toBe("zip");
    expect(statSync(join(directory, "blobs/wks_1/uploads/u.zip")).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, "blobs/wks_1/uploads")).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory)).toEqual(["blobs"]);
  });

  it("says that a missing blob is missing", async () => {
    await expect(blobs.read("wks_1/none")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(blobs.stream("wks_1/none")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await blobs.putBytes("wks_1/a", Buffer.from("x"));
    await expect(blobs.read("wks_1/a/b")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("deletes one or all below a prefix, twice if asked", async () => {
    for (const key of ["wks_1/a", "wks_1/b/c", "wks_2/a"]) await blobs.putBytes(key, Buffer.from("x"));
    await blobs.delete("wks_1/a");
    await blobs.delete("wks_1/a");
    await expect(blobs.read("wks_1/a")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await blobs.deleteAll("wks_1/");
    await blobs.deleteAll("wks_1/");
    await expect(blobs.read("wks_1/b/c")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await blobs.read("wks_2/a")).toString()).toBe("x");
  });

  it.each(["../a", "a/../b", "/etc/passwd", "a//b", "a/", "", ".hidden", "a\\b", "a\0b", "a/./b", "x/".repeat(9), "é"])(
    "refuses the key %j",
    async (key) => {
      await expect((async () => blobs.putBytes(key, Buffer.from("x")))()).rejects.toMatchObject({ code: "INTERNAL" });
      await expect((async () => blobs.read(key))()).rejects.toMatchObject({ code: "INTERNAL" });
    },
  );

  it.each(["", "/", "../", "wks_1"])("refuses the prefix %j", async (prefix) => {
    await expect((async () => blobs.deleteAll(prefix))()).rejects.toMatchObject({ code: "INTERNAL" });
  });
});
