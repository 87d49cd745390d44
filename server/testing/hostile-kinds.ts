// Attacks by what an entry is (links, devices, ciphers) and by how much comes out of it (bombs).
import { type Attack, asiUnix, file, mebi, mode, noise, zeros } from "./hostile-archive";
import { extraField } from "./raw-zip";

export const hostileKinds: Attack[] = [
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
  ["door", "bundle_special_file", [file("door", { mode: mode(0o150000) })]],
  ["whiteout", "bundle_special_file", [file("wh", { mode: mode(0o160000) })]],
  ["type that no system has", "bundle_special_file", [file("odd", { mode: mode(0o030000) })]],
  ["symbolic link as a folder", "bundle_symlink", [{ name: "link/", mode: mode(0o120000) }]],
  [
    "link by PKWARE's Unix field",
    "bundle_hard_link",
    [file("hard", { extra: extraField(0x000d, Buffer.from(`${"\0".repeat(12)}/etc/passwd`)) })],
  ],
  [
    "link by the field in the local header",
    "bundle_hard_link",
    [file("hard", { local: { extra: extraField(0x000d, Buffer.from(`${"\0".repeat(12)}index.ts`)) } })],
  ],
  ["link by ASi's Unix field", "bundle_hard_link", [file("hard", { extra: asiUnix(0o120777, "/etc/passwd") })]],
  ["device by ASi's Unix field", "bundle_hard_link", [file("hard", { extra: asiUnix(0o060644, "") })]],
  ["setuid and setgid", "bundle_setuid", [file("su", { mode: mode(0o100000, 0o6777) })]],
  ["deflate64", "bundle_method", [file("a", { method: 9 })]],
  ["LZMA", "bundle_method", [file("a", { method: 14 })]],
  ["xz", "bundle_method", [file("a", { method: 95 })]],
  ["imploded", "bundle_method", [file("a", { method: 6 })]],
  ["method that nobody defined", "bundle_method", [file("a", { method: 0xffff })]],
];

export const bombs: Attack[] = [
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
  ["four gigabytes announced", "bundle_file_too_large", [file("a", { sizeBytes: 0xfffffffe })]],
  ["bomb that announces little", "bundle_size_mismatch", [file("a", { data: zeros(64 * mebi), sizeBytes: mebi, crc: 0 })]],
];
