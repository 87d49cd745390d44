// Notes that a credential of the environment was used: behind the caller's back, at most once a minute for each.
import type { Db } from "~/db/client";
import type { Clock } from "~/server/clock";
import type { ConfigVariable } from "~/server/config-variables";
import type { Log } from "~/server/log";
import { setCredentialUsedAcrossWorkspaces } from "./credentials.queries";

type UseNeeds = { across: Db; clock: Clock; log: Log };

const noteStepMs = 60_000;

/** Credentials are as many as the configuration holds, so this stays small. */
type Noted = { at: Map<string, number>; writing: Set<Promise<void>> };

const byHandle = new WeakMap<Db, Noted>();

/** Never throws, never waits. Name and fingerprint as `list-credentials.ts` works them out. */
export function noteCredentialUse(needs: UseNeeds, name: ConfigVariable, fingerprint: string): void {
  const noted = byHandle.get(needs.across) ?? { at: new Map(), writing: new Set() };
  byHandle.set(needs.across, noted);
  const [key, usedAt] = [`${name} ${fingerprint}`, needs.clock.now()];
  if (Math.abs(usedAt.getTime() - (noted.at.get(key) ?? Number.NEGATIVE_INFINITY)) < noteStepMs) return;
  noted.at.set(key, usedAt.getTime());
  const writing = setCredentialUsedAcrossWorkspaces(needs.across, { name, fingerprint }, usedAt)
    .catch((error: unknown) => {
      noted.at.delete(key);
      needs.log.warn({ err: error, name }, "the use of a credential could not be noted");
    })
    .finally(() => noted.writing.delete(writing));
  noted.writing.add(writing);
}

/** Resolves when all is written; call it before the database is closed. */
export async function drainCredentialUses(needs: { across: Db }): Promise<void> {
  await Promise.all(byHandle.get(needs.across)?.writing ?? []);
}
