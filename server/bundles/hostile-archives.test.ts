// Every known trick of hostile archives is refused with its own reason, quickly, and nothing is unpacked outside or left behind.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AppError } from "~/server/errors";
import { plans } from "~/server/plans/plans";
import { type RawEntry, type RawZipOptions, rawZip } from "~/server/testing/raw-zip";
import { type BundleRefusal, bundleRefusals } from "./bundle-refusal";
import { checkBundle } from "./check-bundle";
import { extractBundle } from "./extract-bundle";

const mebi = 1024 * 1024;
const limits = { ...plans.free, filesMax: 50, fileBytesMax: 2 * mebi, extractedBytesMax: 12 * mebi };
const manifest: RawEntry = {
  name: "agent.config.json",
  data: JSON.stringify({ name: "a", protocol: "invoke/v1", runtime: "embedded", entrypoint: "index.ts" }),
};
const entry: RawEntry = { name: "index.ts", data: "export default () => 'hello'" };
const file = (name: string | Buffer, more: Partial<RawEntry> = {}): RawEntry => ({ name, data: "x", ...more });
const mode = (type: number, bits = 0o644) => type | bits;
const unicodePath = (name: string) => {
  const data = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), Buffer.from(name)]);
  return Buffer.concat([Buffer.from([0x75, 0x70, data.length, 0]), data]);
};
const zeros = (bytes: number) => Buffer.alloc(bytes);
const noise = (bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, index) => (index * 7919 + (index >> 3)) & 0xff));

type Attack = [what: string, reason: BundleRefusal, entries: RawEntry[], options?: RawZipOptions];

/** Each is put beside a good manifest and a good entry point. */
const attacks: Attack[] = [
  ["absolute path", "bundle_name_absolute", [file("/etc/passwd")]],
  ["drive letter", "bundle_name_drive", [file("C:/windows/x")]],
  ["drive letter without slash", "bundle_name_drive", [file("c:x")]],
  ["UNC path", "bundle_name_unc", [file("//server/share/x")]],
  ["UNC path in backslashes", "bundle_name_unc", [file("\\\\server\\share")]],
  ["parent folder", "bundle_name_traversal", [file("../x")]],
  ["parent folder in the middle", "bundle_name_traversal", [file("a/../../x")]],
  ["parent folder at the end", "bundle_name_traversal", [file("a/..")]],
  ["parent folder as a folder", "bundle_name_traversal", [{ name: "a/../" }]],
  ["parent folder in backslashes", "bundle_name_traversal", [file("..\\x")]],
  ["parent folder in percent signs", "bundle_name_traversal", [file("%2e%2e/x")]],
  ["slashes in percent signs", "bundle_name_traversal", [file("..%2fx")]],
  ["percent signs twice", "bundle_name_traversal", [file("%252e%252e%252fx")]],
  ["backslash in percent signs", "bundle_name_traversal", [file("..%5cx")]],
  ["absolute in percent signs", "bundle_name_absolute", [file("%2fetc/passwd")]],
  ["full-width dots", "bundle_name_traversal", [file("\uff0e\uff0e/x")]],
  ["two dot leader", "bundle_name_traversal", [file("\u2025/x")]],
  ["full-width slash", "bundle_name_traversal", [file("..\uff0fx")]],
  ["overlong UTF-8", "bundle_name_encoding", [file(Buffer.from([0x2e, 0xc0, 0xae, 0x2f, 0x78]))]],
  ["not UTF-8", "bundle_name_encoding", [file(Buffer.from([0x61, 0xff, 0xfe]))]],
  ["backslash", "bundle_name_backslash", [file("a\\b")]],
  ["NUL", "bundle_name_control", [file("a\0.ts")]],
  ["NUL in percent signs", "bundle_name_control", [file("a%00.ts")]],
  ["new line", "bundle_name_control", [file("a\nb")]],
  ["escape character", "bundle_name_control", [file("a\u001b[31m")]],
  ["right-to-left override", "bundle_name_control", [file("a\u202egnp.ts")]],
  ["zero-width space", "bundle_name_control", [file("in\u200bdex.ts")]],
  ["line separator", "bundle_name_control", [file("a\u2028b")]],
  ["empty name", "bundle_name_empty", [file("")]],
  ["empty part", "bundle_name_odd", [file("a//b")]],
  ["dot in the middle", "bundle_name_odd", [file("a/./b")]],
  ["device word", "bundle_name_reserved", [file("src/NUL.ts")]],
  ["alternate data stream", "bundle_name_reserved", [file("index.ts2:stream")]],
  ["trailing dot", "bundle_name_reserved", [file("index.")]],
  ["trailing space", "bundle_name_reserved", [file("index.js ")]],
  ["long name", "bundle_name_too_long", [file("a".repeat(600))]],
  ["long part", "bundle_name_too_long", [file(`a/${"b".repeat(256)}`)]],
  ["deep folders", "bundle_name_too_long", [file(`${"a/".repeat(40)}b`)]],
  ["second name in an extra field", "bundle_name_ambiguous", [file("a.ts", { extra: unicodePath("../a.ts") })]],
  ["symbolic link", "bundle_symlink", [file("link", { mode: mode(0o120000), data: "/etc/passwd" })]],
  ["character device", "bundle_special_file", [file("tty", { mode: mode(0o020000) })]],
  ["block device", "bundle_special_file", [file("sda", { mode: mode(0o060000) })]],
  ["pipe", "bundle_special_file", [file("fifo", { mode: mode(0o010000) })]],
  ["socket", "bundle_special_file", [file("sock", { mode: mode(0o140000) })]],
  ["setuid", "bundle_setuid", [file("su", { mode: mode(0o100000, 0o4755) })]],
  ["setgid", "bundle_setuid", [file("sg", { mode: mode(0o100000, 0o2755) })]],
  ["folder mode without slash", "bundle_type_mismatch", [file("dir", { mode: mode(0o040000) })]],
  ["DOS folder without slash", "bundle_type_mismatch", [file("dir", { dosAttributes: 0x10 })]],
  ["file mode with slash", "bundle_type_mismatch", [file("dir/", { mode: mode(0o100000), data: "" })]],
  ["folder with content", "bundle_type_mismatch", [file("dir/", { data: "hidden" })]],
  ["encrypted", "bundle_encrypted", [file("a", { flags: 0x801 })]],
  ["strongly encrypted", "bundle_encrypted", [file("a", { flags: 0x841 })]],
  ["masked headers", "bundle_encrypted", [file("a", { flags: 0x2800 })]],
  ["AES", "bundle_encrypted", [file("a", { method: 99 })]],
  ["bzip2", "bundle_method", [file("a", { method: 12 })]],
  ["zstd", "bundle_method", [file("a", { method: 93 })]],
  ["same name twice", "bundle_duplicate", [file("a"), file("a", { data: "y" })]],
  ["same folder twice", "bundle_duplicate", [{ name: "d/" }, { name: "d/" }]],
  ["second manifest", "bundle_duplicate", [manifest]],
  ["dotted twin", "bundle_duplicate", [file("./index.ts")]],
  ["case twin", "bundle_case_collision", [file("INDEX.ts")]],
  ["case twin of a folder", "bundle_case_collision", [file("src/a"), file("SRC/b")]],
  ["accent twin", "bundle_duplicate", [file("caf\u00e9"), file("cafe\u0301")]],
  ["sharp s twin", "bundle_case_collision", [file("stra\u00dfe"), file("STRASSE")]],
  ["Kelvin twin", "bundle_case_collision", [file("k"), file("\u212a")]],
  ["file and folder", "bundle_prefix_collision", [file("a"), file("a/b")]],
  ["folder and file", "bundle_prefix_collision", [file("a/b"), file("a")]],
  ["name differs in the local header", "bundle_header_mismatch", [file("a", { local: { name: "b" } })]],
  ["method differs in the local header", "bundle_header_mismatch", [file("aaaaaaa", { local: { method: 0 } })]],
  ["size differs in the local header", "bundle_header_mismatch", [file("a", { local: { sizeBytes: 9 } })]],
  ["checksum differs in the local header", "bundle_header_mismatch", [file("a", { local: { crc: 1 } })]],
  ["flags differ in the local header", "bundle_header_mismatch", [file("a", { local: { flags: 0 } })]],
  ["local header missing", "bundle_header_mismatch", [file("a", { localOffset: 3 })]],
  ["local header behind the end", "bundle_header_mismatch", [file("a", { localOffset: 1_000_000 })]],
  ["two entries over the same data", "bundle_header_mismatch", [file("a"), file("b", { localOffset: 0 })]],
  ["two entries of one place", "bundle_overlap", [file("twin"), { ...manifest, name: "agent.config.json", localOffset: 0 }]],
  ["data runs into the directory", "bundle_overlap", [file("a", { compressedBytes: 5_000 })]],
  ["data runs into the next", "bundle_overlap", [file("a", { method: 0, compressedBytes: 30, sizeBytes: 30 }), file("b")]],
  ["gap between entries", "bundle_hidden_data", [file("a", { gap: zeros(7) })]],
  ["gap of descriptor size", "bundle_hidden_data", [file("a", { gap: noise(16) })]],
  ["descriptor lies", "bundle_hidden_data", [file("a", { descriptor: "lying" })]],
  [
    "data behind the last block",
    "bundle_hidden_data",
    [file("a", { packed: Buffer.concat([deflateRawSync(Buffer.from("x")), noise(9)]) })],
  ],
  ["data before the first file", "bundle_prepended_data", [], { prepend: Buffer.from("#!/bin/sh\n") }],
  ["data behind the end", "bundle_trailing_data", [], { append: Buffer.from("tail") }],
  ["second archive behind the end", "bundle_broken", [], { append: rawZip([file("evil")], {}) }],
  ["directory larger than said", "bundle_broken", [], { end: { directoryBytes: 10 } }],
  ["directory elsewhere", "bundle_broken", [], { end: { directoryOffset: 1 } }],
  ["fewer entries counted", "bundle_broken", [file("hidden")], { end: { count: 2 } }],
  ["more entries counted", "bundle_broken", [], { end: { count: 3 } }],
  ["bytes behind the directory", "bundle_broken", [], { beforeEnd: noise(5) }],
  ["several disks", "bundle_multi_disk", [], { end: { disk: 1 } }],
  ["directory on another disk", "bundle_multi_disk", [], { end: { directoryDisk: 1 } }],
  ["entries on another disk", "bundle_multi_disk", [], { end: { countHere: 1, count: 2 } }],
  ["entry on another disk", "bundle_multi_disk", [file("a", { disk: 1 })]],
  ["zip64 end record", "bundle_zip64", [], { beforeEnd: Buffer.concat([Buffer.from([0x50, 0x4b, 6, 7]), zeros(16)]), end: {} }],
  ["wrong checksum", "bundle_checksum", [file("a", { crc: 12345 })]],
  ["more than announced", "bundle_size_mismatch", [file("a", { data: noise(4_000), sizeBytes: 10 })]],
  ["less than announced", "bundle_size_mismatch", [file("a", { data: noise(4_000), sizeBytes: 5_000 })]],
  ["far more than announced", "bundle_size_mismatch", [file("a", { data: zeros(20 * mebi), sizeBytes: 10 })]],
  [
    "large, and more than announced",
    "bundle_size_mismatch",
    [file("a", { packed: deflateRawSync(noise(3 * mebi), { level: 0 }), sizeBytes: 1.5 * mebi })],
  ],
  ["stored with two sizes", "bundle_size_mismatch", [file("a", { method: 0, data: "abc", sizeBytes: 2 })]],
  ["damaged data", "bundle_broken_data", [file("a", { packed: noise(40), sizeBytes: 100 })]],
  [
    "data cut off",
    "bundle_broken_data",
    [file("a", { packed: deflateRawSync(noise(4_000)).subarray(0, 100), sizeBytes: 4_000 })],
  ],
  ["bomb of one file", "bundle_file_too_large", [file("a", { data: zeros(8 * mebi) })]],
  ["bomb by ratio", "bundle_ratio", [file("a", { data: zeros(1.5 * mebi) })]],
  [
    "bomb of small files by ratio",
    "bundle_ratio",
    Array.from({ length: 12 }, (_, n) => file(`z${n}`, { data: zeros(0.99 * mebi) })),
  ],
  ["bomb by sum", "bundle_too_large", Array.from({ length: 13 }, (_, n) => file(`z${n}`, { data: noise(mebi), method: 0 }))],
  ["too many files", "bundle_too_many_entries", Array.from({ length: 60 }, (_, n) => file(`f${n}`))],
  ["too many entries", "bundle_too_many_entries", Array.from({ length: 200 }, (_, n) => ({ name: `d${n}/` }))],
];

const special: [what: string, reason: BundleRefusal, zip: Buffer][] = [
  ["nothing", "bundle_empty", Buffer.alloc(0)],
  ["text", "bundle_not_a_zip", Buffer.from("this is not a zip, whatever its name says")],
  ["a tar", "bundle_not_a_zip", zeros(10_240)],
  ["cut off", "bundle_not_a_zip", rawZip([manifest, entry]).subarray(0, 150)],
  ["no entries", "bundle_no_files", rawZip([])],
  ["folders only", "bundle_no_files", rawZip([{ name: "a/" }, { name: "a/b/" }])],
];

const corpus = [
  ...attacks.map(([what, reason, entries, options]) => ({ what, reason, zip: rawZip([manifest, entry, ...entries], options) })),
  ...special.map(([what, reason, zip]) => ({ what, reason, zip })),
];

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
