// The flat list of a bundle's files as folders within folders.
import type { DeploymentFiles } from "~/server/deployments/compare.contract";

type BundleFile = DeploymentFiles["items"][number];

export type Folder = { name: string; path: string; folders: Folder[]; files: (BundleFile & { name: string })[] };

/** Folders before files, each by name. */
export function folderOf(files: readonly BundleFile[]): Folder {
  const root: Folder = { name: "", path: "", folders: [], files: [] };
  const folders = new Map([["", root]]);
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const end = file.path.lastIndexOf("/");
    folderAt(folders, file.path.slice(0, Math.max(0, end))).files.push({ ...file, name: file.path.slice(end + 1) });
  }
  return root;
}

function folderAt(folders: Map<string, Folder>, path: string): Folder {
  const known = folders.get(path);
  if (known) return known;
  const end = path.lastIndexOf("/");
  const folder: Folder = { name: path.slice(end + 1), path, folders: [], files: [] };
  folders.set(path, folder);
  folderAt(folders, path.slice(0, Math.max(0, end))).folders.push(folder);
  return folder;
}
