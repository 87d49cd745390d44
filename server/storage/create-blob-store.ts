// Blobs as private files below one directory: written beside their place, flushed to disk, then renamed in.
import { randomUUID } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { copyFile, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { AppError } from "~/server/errors";
import type { BlobStore } from "./blob-store";

const segment = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;
const segmentsMax = 8;

/** A blob store below `directory`, which is made with mode 0700; every blob is a file of mode 0600. */
export function createBlobStore(options: { directory: string }): BlobStore {
  const pathOf = (key: string) => join(options.directory, ...segmentsOf(key, key));

  async function putFile(key: string, path: string): Promise<void> {
    const place = pathOf(key);
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    await flushFile(path);
    await rename(path, place).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "EXDEV") throw error;
      await moveAcrossDevices(path, place);
    });
    await flushDirectory(dirname(place));
  }

  async function putBytes(key: string, bytes: Uint8Array): Promise<void> {
    const place = pathOf(key);
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    const beside = besidePath(place);
    try {
      await writePrivately(beside, bytes);
      await rename(beside, place);
    } finally {
      await rm(beside, { force: true });
    }
    await flushDirectory(dirname(place));
  }

  return {
    putFile,
    putBytes,
    read: (key) => readFile(pathOf(key)).catch((error) => Promise.reject(readError(key, error))),
    stream: async (key) => openStream(key, pathOf(key)),
    delete: (key) => rm(pathOf(key), { force: true }),
    deleteAll: (prefix) => rm(join(options.directory, ...prefixSegments(prefix)), { recursive: true, force: true }),
  };
}

/** Only plain names between single slashes: no traversal, no absolute path, no hidden file, no NUL can be written. */
function segmentsOf(path: string, shown: string): string[] {
  const segments = path.split("/");
  if (segments.length > segmentsMax || !segments.every((name) => segment.test(name))) {
    throw new AppError("INTERNAL", "A blob key is malformed.", { cause: new Error(`blob key ${JSON.stringify(shown)}`) });
  }
  return segments;
}

function prefixSegments(prefix: string): string[] {
  return segmentsOf(prefix.endsWith("/") ? prefix.slice(0, -1) : "", prefix);
}

/** On the same device as the place, so that the rename is atomic. A leading dot keeps it out of every key. */
function besidePath(place: string): string {
  return join(dirname(place), `.${randomUUID()}.part`);
}

async function writePrivately(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function moveAcrossDevices(path: string, place: string): Promise<void> {
  const beside = besidePath(place);
  try {
    await copyFile(path, beside, constants.COPYFILE_EXCL);
    await flushFile(beside);
    await rename(beside, place);
  } finally {
    await rm(beside, { force: true });
  }
  await rm(path, { force: true });
}

async function flushFile(path: string): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    await file.chmod(0o600);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename survives a crash only once its directory is flushed as well. */
async function flushDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function openStream(key: string, path: string): Promise<Readable> {
  const file = await open(path, constants.O_RDONLY).catch((error) => Promise.reject(readError(key, error)));
  return createReadStream(path, { fd: file });
}

function readError(key: string, error: NodeJS.ErrnoException): Error {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") return error;
  return new AppError("NOT_FOUND", "There is no such stored file.", { cause: new Error(`blob ${key} is missing`) });
}
