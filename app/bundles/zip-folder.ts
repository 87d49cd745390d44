// Packs a dropped or chosen folder into a zip, here in the browser.
export type FolderFile = { path: string; file: File };

const leftOut = /(^|\/)(node_modules|\.git|\.DS_Store|__MACOSX|\.env[^/]*)(\/|$)/;
const filesMax = 5_000;

export type Packing = { signal: AbortSignal; onPacked: (files: number, of: number) => void };

/** Without dependencies, history and `.env` files: an agent never ships its secrets. Throws when there is nothing or too much. */
export async function zipFolder(files: FolderFile[], { signal, onPacked }: Packing): Promise<Blob> {
  const wanted = files.filter(({ path }) => !leftOut.test(path));
  if (wanted.length === 0) throw new Error("The folder holds no files. Drop the folder that has agent.config.json in it.");
  if (wanted.length > filesMax) throw new Error(`The folder holds ${wanted.length} files; a bundle has at most ${filesMax}.`);
  const { Zip, ZipDeflate } = await import("fflate");
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    parts.push(new Uint8Array(part));
  });
  for (const [index, { path, file }] of wanted.entries()) {
    signal.throwIfAborted();
    onPacked(index, wanted.length);
    const entry = new ZipDeflate(path, { level: 6 });
    zip.add(entry);
    entry.push(new Uint8Array(await file.arrayBuffer()), true);
  }
  zip.end();
  return new Blob(parts, { type: "application/zip" });
}

/** What a directory input chose: paths relative to the chosen folder. */
export function filesOfInput(files: File[]): FolderFile[] {
  return files.map((file) => ({ file, path: file.webkitRelativePath.split("/").slice(1).join("/") || file.name }));
}

/** Every file below a dropped directory, relative to it. */
export async function filesOfEntry(root: FileSystemDirectoryEntry): Promise<FolderFile[]> {
  const found: FolderFile[] = [];
  const waiting: FileSystemEntry[] = [root];
  while (waiting.length > 0 && found.length <= filesMax) {
    const entry = waiting.pop();
    if (!entry || leftOut.test(entry.fullPath)) continue;
    if (isDirectory(entry)) waiting.push(...(await childrenOf(entry)));
    else if (isFile(entry)) found.push({ path: entry.fullPath.slice(root.fullPath.length + 1), file: await fileOf(entry) });
  }
  return found;
}

const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A reader hands out a hundred entries at a time, then none. */
async function childrenOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (let rounds = 0; rounds < filesMax; rounds++) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    all.push(...some);
  }
  return all;
}
