// Removes what a killed process left half received or half unpacked; rung at start and on a schedule.
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Services } from "~/server/services";
import { incomingDirectory } from "./incoming-directory";

/** Longer than any upload or build may last, so that nothing in use is taken away. */
const abandonedAfterMs = 60 * 60 * 1000;
const sweptMax = 10_000;

/** Answers how many files and folders it removed. */
export async function sweepIncoming(needs: Pick<Services, "config" | "clock" | "log">): Promise<number> {
  const directory = incomingDirectory(needs.config);
  const names = await readdir(directory).catch(() => []);
  const oldest = needs.clock.now().getTime() - abandonedAfterMs;
  let removed = 0;
  for (const name of names.slice(0, sweptMax)) {
    const path = join(directory, name);
    const facts = await stat(path).catch(() => null);
    if (!facts || facts.mtimeMs > oldest) continue;
    await rm(path, { recursive: true, force: true });
    removed += 1;
  }
  if (removed > 0) needs.log.info({ removed }, "removed abandoned uploads");
  return removed;
}
