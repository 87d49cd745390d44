// Where the data goes is judged before anything is written there.
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepareDataDirectory } from "./prepare-data-directory";

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(path.join(os.tmpdir(), "whs-data-"));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

describe("the data directory", () => {
  it("is made with everything above it, and nobody else can list it", () => {
    const directory = prepareDataDirectory(path.join(parent, "a", "b"));
    expect(statSync(directory).mode & 0o066).toBe(0);
  });

  it("is not a file, and a file that was named by mistake keeps its mode", () => {
    const file = path.join(parent, "notes.txt");
    writeFileSync(file, "mine", { mode: 0o644 });
    expect(() => prepareDataDirectory(file)).toThrow(/cannot be used as data directory \(EEXIST\): set DATA_DIR/);
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  it.runIf(process.platform === "linux")("is refused at once where no directory can be made", () => {
    expect(() => prepareDataDirectory("/proc/nope/data")).toThrow(/set DATA_DIR to a directory that you own/);
  });
});
