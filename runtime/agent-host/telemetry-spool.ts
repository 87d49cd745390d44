// Signed batches wait here, one file each, until the house has them: they survive the host, and a limit keeps the disk free.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const Batch = z.object({ headers: z.record(z.string(), z.string()), body: z.string() });

export type SpooledBatch = { headers: Record<string, string>; body: Buffer };

export type TelemetrySpool = {
  add(batch: SpooledBatch): void;
  /** The oldest that is waiting; null when none is. */
  first(): { name: string; batch: SpooledBatch } | null;
  remove(name: string): void;
  /** To the end of the queue. */
  postpone(name: string): void;
  readonly size: number;
};

/** At most about 100 MB of disk while the house is away. */
const batchesMaxByDefault = 10_000;

/** `onDropped` hears how many batches had to give way to newer ones. */
export function openTelemetrySpool(
  path: string,
  onDropped: (count: number) => void,
  batchesMax = batchesMaxByDefault,
): TelemetrySpool {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const names = readdirSync(path)
    .filter((name) => name.endsWith(".json"))
    .sort();
  let sequence = Number.parseInt(names.at(-1) ?? "0", 10);

  function nextName(): string {
    sequence += 1;
    return `${String(sequence).padStart(12, "0")}.json`;
  }

  function remove(name: string): void {
    rmSync(join(path, name), { force: true });
    const position = names.indexOf(name);
    if (position >= 0) names.splice(position, 1);
  }

  return {
    add({ headers, body }) {
      const name = nextName();
      const unfinished = join(path, `${name}.unfinished`);
      writeFileSync(unfinished, JSON.stringify({ headers, body: body.toString("base64") }), { mode: 0o600 });
      renameSync(unfinished, join(path, name));
      names.push(name);
      const [oldest] = names;
      if (names.length <= batchesMax || oldest === undefined) return;
      remove(oldest);
      onDropped(1);
    },
    first() {
      for (let [name] = names; name !== undefined; [name] = names) {
        const batch = readBatch(join(path, name));
        if (batch !== null) return { name, batch };
        remove(name);
      }
      return null;
    },
    remove,
    postpone(name) {
      const later = nextName();
      renameSync(join(path, name), join(path, later));
      names.splice(names.indexOf(name), 1);
      names.push(later);
    },
    get size() {
      return names.length;
    },
  };
}

function readBatch(path: string): SpooledBatch | null {
  try {
    const { headers, body } = Batch.parse(JSON.parse(readFileSync(path, "utf8")));
    return { headers, body: Buffer.from(body, "base64") };
  } catch {
    return null;
  }
}
