// What the rows say of a workspace's budget, beside a recount from the calls themselves.
import { sql } from "kysely";
import type { TestServices } from "./test-services";

export type BudgetPicture = {
  spent: { requests: number; computeMs: number; tokens: number };
  held: { requests: number; computeMs: number; tokens: number };
  recounted: { requests: number; computeMs: number; tokens: number };
  leases: number;
};

/** Of all its periods together. */
export async function readBudget({ owner }: TestServices, workspaceId: string): Promise<BudgetPicture> {
  const period = await owner
    .selectFrom("budgetPeriods")
    .select(({ fn }) => [
      fn.sum<number>("requestsSpent").as("requests"),
      fn.sum<number>("computeMsSpent").as("computeMs"),
      fn.sum<number>("tokensSpent").as("tokens"),
      fn.sum<number>("requestsHeld").as("heldRequests"),
      fn.sum<number>("computeMsHeld").as("heldComputeMs"),
      fn.sum<number>("tokensHeld").as("heldTokens"),
    ])
    .where("workspaceId", "=", workspaceId)
    .executeTakeFirstOrThrow();
  const calls = await owner
    .selectFrom("invocations")
    .select(({ fn }) => [fn.countAll<number>().as("requests"), fn.sum<number | null>("computeMs").as("computeMs")])
    .select(sql<number>`coalesce(sum(tokens), 0)::float8`.as("tokens"))
    .where("workspaceId", "=", workspaceId)
    .executeTakeFirstOrThrow();
  const leases = await owner.selectFrom("budgetLeases").select("id").where("workspaceId", "=", workspaceId).execute();
  const { heldRequests, heldComputeMs, heldTokens, ...spent } = period;
  return {
    spent: { requests: Number(spent.requests), computeMs: Number(spent.computeMs), tokens: Number(spent.tokens) },
    held: { requests: Number(heldRequests), computeMs: Number(heldComputeMs), tokens: Number(heldTokens) },
    recounted: { requests: calls.requests, computeMs: Number(calls.computeMs ?? 0), tokens: calls.tokens },
    leases: leases.length,
  };
}
