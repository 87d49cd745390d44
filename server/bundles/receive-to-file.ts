// Writes a stream into a private file while counting and hashing it, and stops the moment it grows over its cap (MISSION C2).
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "~/server/errors";

export type ReceivedFile = { sha256: string; sizeBytes: number };

export type ReceiveLimits = {
  bytesMax: number;
  /** As the sender announced it; believed only when it is too large. */
  contentLength?: number | undefined;
  pace?: UploadPace | undefined;
};

/** How slowly a sender may send before it is taken for one that only holds a place (slow loris). */
export type UploadPace = {
  /** Between two pieces. */
  idleMs: number;
  /** On the whole, once `graceMs` have passed. */
  bytesPerSecondMin: number;
  graceMs: number;
};

const patientPace: UploadPace = { idleMs: 30_000, bytesPerSecondMin: 16 * 1024, graceMs: 30_000 };

/** Rejects with `PAYLOAD_TOO_LARGE` over the cap, `INVALID_REQUEST` when the sender went away. Then the file is gone. */
export async function receiveToFile(
  stream: AsyncIterable<Uint8Array>,
  path: string,
  limits: ReceiveLimits,
): Promise<ReceivedFile> {
  if (limits.contentLength !== undefined && limits.contentLength > limits.bytesMax) throw tooLarge(limits.bytesMax);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  try {
    for await (const chunk of inTime(interruptible(stream), limits.pace ?? patientPace)) {
      sizeBytes += chunk.length;
      if (sizeBytes > limits.bytesMax) throw tooLarge(limits.bytesMax);
      hash.update(chunk);
      await file.writeFile(chunk);
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return { sha256: hash.digest("hex"), sizeBytes };
}

/** What breaks a stream is the sender's doing; what breaks a write is ours, and passes through unchanged. */
async function* interruptible(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("INVALID_REQUEST", "The upload broke off before its end. Send it again.", {
      details: { reason: "upload_interrupted" },
      cause: error,
    });
  }
}

async function* inTime(stream: AsyncGenerator<Uint8Array>, pace: UploadPace): AsyncGenerator<Uint8Array> {
  const startedAt = performance.now();
  let sizeBytes = 0;
  try {
    for (let next = await orTooSlow(stream.next(), pace.idleMs); !next.done; ) {
      sizeBytes += next.value.length;
      const tookMs = performance.now() - startedAt;
      if (tookMs > pace.graceMs && sizeBytes < (tookMs / 1_000) * pace.bytesPerSecondMin) throw tooSlow();
      yield next.value;
      next = await orTooSlow(stream.next(), pace.idleMs);
    }
  } finally {
    // Not awaited: it would wait for the very piece that does not come.
    void stream.return(undefined).catch(() => undefined);
  }
}

async function orTooSlow<T>(piece: Promise<T>, idleMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooSlow()), idleMs);
  });
  try {
    return await Promise.race([piece, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooSlow(): AppError {
  return new AppError("INVALID_REQUEST", "The upload came too slowly and was given up. Send it again over a better line.", {
    details: { reason: "upload_too_slow" },
  });
}

function tooLarge(bytesMax: number): AppError {
  return new AppError(
    "PAYLOAD_TOO_LARGE",
    `The zip is larger than ${Math.floor(bytesMax / 1024 / 1024)} MiB, the most that your plan allows. Leave out what the agent does not need, such as node_modules.`,
    { details: { limit: bytesMax } },
  );
}
