// What a workspace's plan is made of, and what was used of it.
import type { Db } from "~/db/client";

/** Under either role: the page's sees its own workspace only. */
export function findPlanRowAcrossWorkspaces(db: Db, workspaceId: string) {
  return db
    .selectFrom("workspaces")
    .leftJoin("planOverrides", "planOverrides.workspaceId", "workspaces.id")
    .leftJoin("billingAccounts", "billingAccounts.workspaceId", "workspaces.id")
    .select(["workspaces.tier", "planOverrides.changes", "billingAccounts.periodStartsAt", "billingAccounts.periodEndsAt"])
    .where("workspaces.id", "=", workspaceId)
    .executeTakeFirst();
}

/** As runtimes reported it, hour by hour; the hour in which the period began counts whole. */
export async function sumUsageAcrossWorkspaces(db: Db, workspaceId: string, from: Date) {
  const row = await db
    .selectFrom("usageHours")
    .select((hour) => [
      hour.fn.coalesce(hour.fn.sum<number>("requests"), hour.lit(0)).as("requests"),
      hour.fn.coalesce(hour.fn.sum<number>("llmTokens"), hour.lit(0)).as("tokens"),
      hour.fn.coalesce(hour.fn.sum<number>("computeMs"), hour.lit(0)).as("computeMs"),
    ])
    .where("workspaceId", "=", workspaceId)
    .where("hour", ">=", from)
    .executeTakeFirst();
  return row ?? { requests: 0, tokens: 0, computeMs: 0 };
}
