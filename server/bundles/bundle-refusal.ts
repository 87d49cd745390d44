// Why a bundle is refused: one closed word for programs and one sentence for people, which says how to mend the archive (MISSION C2).
import { AppError } from "~/server/errors";

const repack = "Pack the folder again with an ordinary zip tool, for example: zip -r -X bundle.zip .";

const sentences = {
  bundle_empty: () => `The file is empty. ${repack}`,
  bundle_not_a_zip: () => `The file is not a zip archive, or it was cut off on the way. ${repack}`,
  bundle_broken: () => `The archive's list of files cannot be read. ${repack}`,
  bundle_multi_disk: () => "The archive is one part of several. Pack everything into a single zip file.",
  bundle_zip64: () => `The archive's zip64 records contradict what stands beside them. ${repack}`,
  bundle_two_ends: () => `The archive's comment holds the end of another archive. Remove the comment (zip -z). ${repack}`,
  bundle_trailing_data: () => `There is data behind the end of the archive. ${repack}`,
  bundle_prepended_data: () =>
    `There is data before the first file, as in a self-extracting archive. Upload a plain zip file. ${repack}`,
  bundle_hidden_data: (at: string) => `There is data that belongs to no file, before or behind ${at}. ${repack}`,
  bundle_overlap: (at: string) => `${at} overlaps another file inside the archive, as zip bombs do. ${repack}`,
  bundle_too_many_entries: (most: string) =>
    `The archive holds more than ${most} files. Leave out what the agent does not need, such as node_modules or .git.`,
  bundle_too_large: (most: string) =>
    `Unpacked, the files are larger than ${most} together. Leave out what the agent does not need.`,
  bundle_file_too_large: (at: string) => `${at} is larger than one file may be. Leave it out or split it.`,
  bundle_ratio: (at: string) =>
    `${at} shrinks so much that it looks like a zip bomb. Leave it out, or store it uncompressed (zip -0).`,
  bundle_padded: (at: string) =>
    `${at} takes far more room packed than unpacked, so something is hidden in it. Leave it out or pack it anew. ${repack}`,
  bundle_ambiguous_length: (at: string) =>
    `${at} is stored without a length before it and holds parts of an archive, so readers find different ends of it. Compress it (zip without -0). ${repack}`,
  bundle_header_mismatch: (at: string) => `${at} is described in two ways inside the archive. ${repack}`,
  bundle_size_mismatch: (at: string) => `${at} does not have the size that the archive says. ${repack}`,
  bundle_checksum: (at: string) => `${at} is damaged: its checksum is wrong. ${repack}`,
  bundle_broken_data: (at: string) => `${at} cannot be unpacked: its compressed data is damaged. ${repack}`,
  bundle_encrypted: (at: string) =>
    `${at} is encrypted. Pack without a password; secrets belong on the agent's page, not in the bundle.`,
  bundle_method: (at: string) => `${at} is compressed in an unusual way. Use the methods "deflate" or "store". ${repack}`,
  bundle_symlink: (at: string) =>
    `${at} is a symbolic link. Put the file itself in its place (zip does so without the option -y).`,
  bundle_hard_link: (at: string) =>
    `${at} is a link or device by an old Unix field of the archive. Put the file itself in its place. ${repack}`,
  bundle_special_file: (at: string) => `${at} is a device, pipe or socket. Leave it out.`,
  bundle_setuid: (at: string) => `${at} has the setuid or setgid bit. Remove it (chmod a-s) and pack again.`,
  bundle_type_mismatch: (at: string) => `${at} is a file by one sign and a folder by another. ${repack}`,
  bundle_name_empty: () => `One file has no name. ${repack}`,
  bundle_name_encoding: (at: string) => `The name ${at} is not UTF-8. Rename the file with plain letters and pack again.`,
  bundle_name_ambiguous: (at: string) => `${at} carries a second, different name. ${repack}`,
  bundle_name_control: (at: string) => `The name ${at} holds control or invisible characters. Rename the file.`,
  bundle_name_absolute: (at: string) =>
    `The name ${at} is an absolute path. Pack from inside the folder, so that names are relative.`,
  bundle_name_drive: (at: string) =>
    `The name ${at} begins with a drive letter. Pack from inside the folder, so that names are relative.`,
  bundle_name_unc: (at: string) => `The name ${at} is a network path. Pack from inside the folder, so that names are relative.`,
  bundle_name_traversal: (at: string) => `The name ${at} leads out of the bundle. Pack from inside the folder, without "..".`,
  bundle_name_backslash: (at: string) => `The name ${at} holds a backslash. Pack with a tool that writes "/" between folders.`,
  bundle_name_odd: (at: string) => `The name ${at} has an empty or "." part. ${repack}`,
  bundle_name_reserved: (at: string) =>
    `The name ${at} does not work on every system (a colon, a trailing dot or space, or a word like CON). Rename it.`,
  bundle_name_too_long: (at: string) =>
    `The name ${at} is too long: 512 characters in all, 255 bytes a part, 32 folders deep at most.`,
  bundle_duplicate: (at: string) => `${at} is in the archive twice. Keep one of them. ${repack}`,
  bundle_case_collision: (at: string) =>
    `${at} differs from another name only in capital letters or accents. Rename one of them.`,
  bundle_prefix_collision: (at: string) => `${at} is both a file and a folder. Rename one of them.`,
  bundle_no_files: () => `The archive holds no files. ${repack}`,
} as const satisfies Record<string, (subject: string) => string>;

export type BundleRefusal = keyof typeof sentences;

export const bundleRefusals = Object.keys(sentences) as BundleRefusal[];

/** The error of one refusal; `subject` is the offending name or the limit, shown escaped and shortened. */
export function refuseBundle(reason: BundleRefusal, subject = ""): AppError {
  const message = sentences[reason](subject);
  return new AppError("INVALID_REQUEST", message, { details: { reason, issues: [{ path: "file", message }] } });
}

/** A name as it may be shown: quoted, control and invisible characters escaped, at most 120 characters. */
export function shownName(name: string): string {
  const short = name.length > 120 ? `${name.slice(0, 117)}…` : name;
  const escaped = short.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return `"${escaped}"`;
}
