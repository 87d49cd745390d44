// What API keys are used for, noted behind the callers' backs: last use and acts once a minute, and every use of a superseded key.
import type { Db } from "~/db/client";
import type { Clock } from "~/server/clock";
import { GroupCommit } from "~/server/group-commit/group-commit";
import type { Log } from "~/server/log";
import { type KeyUse, setApiKeysUsedAcrossWorkspaces } from "./auth.queries";
import type { Action } from "./permissions";
import type { ApiKeyPrincipal } from "./principal";

type UseNeeds = { across: Db; clock: Clock; log: Log };

const noteStepMs = 60_000;
const notedMax = 50_000;
const pendingMax = 20_000;
const groupMax = 1_000;
const gatherMs = 100;

/** A lifetime: one per process and database handle. */
class KeyUses {
  readonly #needs: UseNeeds;
  readonly #commits: GroupCommit<KeyUse, undefined>;
  /** Key and act → when it was last noted here. */
  readonly #noted = new Map<string, number>();

  constructor(needs: UseNeeds) {
    this.#needs = needs;
    const commit = async (uses: KeyUse[]) => {
      await setApiKeysUsedAcrossWorkspaces(needs.across, uses);
      return uses.map(() => undefined);
    };
    this.#commits = new GroupCommit({ name: "uses of keys", pendingMax, groupMax, gatherMs, commit });
  }

  note({ keyId, workspaceId }: ApiKeyPrincipal, action: Action | null, overlapUses: number): void {
    const usedAt = this.#needs.clock.now();
    const name = `${keyId} ${action ?? ""}`;
    const isNoted = Math.abs(usedAt.getTime() - (this.#noted.get(name) ?? Number.NEGATIVE_INFINITY)) < noteStepMs;
    if (isNoted && overlapUses === 0) return;
    if (this.#noted.size >= notedMax) this.#noted.clear();
    this.#noted.set(name, usedAt.getTime());
    this.#commits.submit([{ keyId, workspaceId, action, usedAt, overlapUses }]).catch((error: unknown) => {
      this.#noted.delete(name);
      this.#needs.log.warn({ err: error }, "the use of an API key could not be noted");
    });
  }

  drain(): Promise<void> {
    return this.#commits.drain();
  }
}

const byHandle = new WeakMap<Db, KeyUses>();

/** A key was proven. `isSuperseded`: its successor is there, so each further use counts on the meter of the reroll. */
export function noteKeyProof(needs: UseNeeds, principal: ApiKeyPrincipal, isSuperseded: boolean): void {
  const uses = byHandle.get(needs.across) ?? new KeyUses(needs);
  byHandle.set(needs.across, uses);
  uses.note(principal, null, isSuperseded ? 1 : 0);
}

/** A key was let do something. Known only to a process that has proven keys. */
export function noteKeyUse(across: Db, principal: ApiKeyPrincipal, action: Action): void {
  byHandle.get(across)?.note(principal, action, 0);
}

/** Resolves when all is written; call it before the database is closed. */
export async function drainKeyUses(needs: { across: Db }): Promise<void> {
  await byHandle.get(needs.across)?.drain();
}
