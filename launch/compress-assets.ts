// Compresses the build's text files once, beside the originals, so that no request pays for it.
import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip, constants as zlib } from "node:zlib";

const worthIt = new Set([".js", ".css", ".svg", ".json", ".txt", ".html"]);
const bytesMin = 1_024;

const encoders = {
  ".br": (bytes: Buffer) => promisify(brotliCompress)(bytes, { params: { [zlib.BROTLI_PARAM_QUALITY]: 9 } }),
  ".gz": (bytes: Buffer) => promisify(gzip)(bytes, { level: 9 }),
};

/** Leaves alone what is compressed already. Files appear whole: several processes may do this at once. */
export async function compressAssets(directory: string): Promise<void> {
  const files = await readdir(directory, { recursive: true });
  for (const file of files) {
    if (worthIt.has(extname(file))) await compressFile(join(directory, file));
  }
}

async function compressFile(file: string): Promise<void> {
  const facts = await stat(file);
  if (!facts.isFile() || facts.size < bytesMin) return;
  for (const [suffix, encode] of Object.entries(encoders)) {
    const made = await stat(file + suffix).catch(() => null);
    if (made && made.mtimeMs >= facts.mtimeMs) continue;
    const draft = `${file}${suffix}.${process.pid}`;
    await writeFile(draft, await encode(await readFile(file)));
    await rename(draft, file + suffix);
  }
}
