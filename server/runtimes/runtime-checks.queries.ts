// The last health check of each runtime.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { Runtime } from "~/db/tables/deployments";
import type { RuntimeStatus } from "~/db/tables/runtime-checks";
import type { WorkspaceScope } from "~/server/auth/scope";

export type NewCheck = {
  runtime: Runtime;
  status: RuntimeStatus;
  detail: string;
  warnings: readonly string[];
  checkedAt: Date;
  tookMs: number;
};

/** `since` moves on only when the status changed; of two checks at once the later one stays. */
export async function upsertRuntimeCheckAcrossWorkspaces(db: Db, check: NewCheck): Promise<void> {
  const row = { ...check, warnings: JSON.stringify(check.warnings) };
  const { runtime: _runtime, ...change } = row;
  await db
    .insertInto("runtimeChecks")
    .values({ ...row, since: check.checkedAt })
    .onConflict((conflict) =>
      conflict
        .column("runtime")
        .doUpdateSet({
          ...change,
          since: sql<Date>`case when runtime_checks.status = ${check.status} then runtime_checks.since else ${check.checkedAt} end`,
        })
        .where("runtimeChecks.checkedAt", "<=", check.checkedAt),
    )
    .execute();
}

export function listRuntimeChecksAcrossWorkspaces(db: Db) {
  return db
    .selectFrom("runtimeChecks")
    .select(["runtime", "status", "detail", "warnings", "checkedAt", "since", "tookMs"])
    .limit(10)
    .execute();
}

/** What members may know of a runtime. Of no workspace: the same for all. */
export function listRuntimeStates(tx: Db, _scope: WorkspaceScope) {
  return tx.selectFrom("runtimeChecks").select(["runtime", "status", "checkedAt", "since"]).limit(10).execute();
}
