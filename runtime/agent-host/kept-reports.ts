// Lines of agents that a host could not deliver before it stopped: on disk until a later life of it has, each report in a file, within a bound.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HostLogReport } from "~/runtime/contract/host-logs";

export type KeptReports = {
  /** Throws when it cannot be written. */
  add(report: HostLogReport): void;
  /** The oldest; null when there is none. */
  first(): { name: string; report: HostLogReport } | null;
  remove(name: string): void;
};

/** What a host may hold in memory, four times over. */
const bytesMaxByDefault = 128 * 1024 * 1024;
const fileName = /^\d{12}\.json$/;

/** `onDropped` hears how many had to give way to newer ones. */
export function openKeptReports(
  directory: string,
  onDropped: (count: number) => void,
  bytesMax = bytesMaxByDefault,
): KeptReports {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  /** Bytes by name, the oldest first. */
  const sizes = new Map<string, number>();
  for (const name of readdirSync(directory).sort()) {
    if (fileName.test(name)) sizes.set(name, statSync(join(directory, name)).size);
    else rmSync(join(directory, name), { force: true });
  }
  let last = Number.parseInt([...sizes.keys()].at(-1) ?? "0", 10);
  let bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);

  function remove(name: string): void {
    rmSync(join(directory, name), { force: true });
    bytes -= sizes.get(name) ?? 0;
    sizes.delete(name);
  }

  function makeRoom(): void {
    for (let [name] = sizes.keys(); name !== undefined && bytes > bytesMax; [name] = sizes.keys()) {
      remove(name);
      onDropped(1);
    }
  }

  return {
    add(report) {
      last += 1;
      const name = `${String(last).padStart(12, "0")}.json`;
      const unfinished = join(directory, `${name}.unfinished`);
      const text = JSON.stringify(report);
      writeFileSync(unfinished, text, { mode: 0o600 });
      renameSync(unfinished, join(directory, name));
      sizes.set(name, Buffer.byteLength(text));
      bytes += Buffer.byteLength(text);
      makeRoom();
    },
    first() {
      for (let [name] = sizes.keys(); name !== undefined; [name] = sizes.keys()) {
        const report = readReport(join(directory, name));
        if (report !== null) return { name, report };
        remove(name);
      }
      return null;
    },
    remove,
  };
}

/** Null: it is none; a half one was never renamed. */
function readReport(path: string): HostLogReport | null {
  try {
    return HostLogReport.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}
