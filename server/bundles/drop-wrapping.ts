// Drops what tools add around a bundle without being asked: the clutter of desktops, and one single top folder (MISSION C2).
import type { ArchiveFile } from "./archive-entry";
import type { Archive } from "./read-archive";

export const manifestPath = "agent.config.json";

const clutterNames = new Set([".ds_store", "thumbs.db", "desktop.ini"]);

/** The bundle's own files under the names they have inside it, and a warning for each thing dropped. */
export function dropWrapping(files: ArchiveFile[]): Archive {
  const warnings: string[] = [];
  const own = files.filter((file) => !isClutter(file.path));
  const dropped = files.length - own.length;
  if (dropped > 0)
    warnings.push(`${dropped === 1 ? "One file" : `${dropped} files`} of the desktop (__MACOSX, .DS_Store) left out.`);
  const top = topFolderOf(own);
  if (top === null) return { files: own, warnings };
  warnings.push(`Everything was inside the folder "${top}"; its content is the bundle.`);
  return { files: own.map((file) => ({ ...file, path: file.path.slice(top.length + 1) })), warnings };
}

function isClutter(path: string): boolean {
  const segments = path.split("/");
  return segments[0] === "__MACOSX" || clutterNames.has((segments.at(-1) ?? "").toLowerCase());
}

/** The one folder that holds everything, when the manifest lies at its root. */
function topFolderOf(files: ArchiveFile[]): string | null {
  const slash = files[0]?.path.indexOf("/") ?? -1;
  if (slash <= 0) return null;
  const prefix = files[0]?.path.slice(0, slash + 1) ?? "";
  const holdsAll = files.every((file) => file.path.startsWith(prefix));
  return holdsAll && files.some((file) => file.path === prefix + manifestPath) ? prefix.slice(0, -1) : null;
}
