// A tenant's money: an account, a paid invoice, a limit that was raised, a day that cost more than usual, and a budget half used up.
import { ulid } from "ulid";
import type { Tx } from "../transaction";
import type { Tenant } from "./world";

export async function growTenantBilling(tx: Tx, { workspaceId, userId }: Tenant): Promise<void> {
  const at = new Date();
  await tx.insertInto("billingAccounts").values({ workspaceId }).execute();
  const amounts = { currency: "usd", amountDue: 2_900, amountPaid: 2_900, tax: 0 };
  await tx
    .insertInto("billingRecords")
    .values({
      id: `brc_${ulid()}`,
      workspaceId,
      kind: "invoice",
      stripeId: `in_${ulid()}`,
      status: "paid",
      tier: "starter",
      number: "SEED-0001",
      ...amounts,
      periodStartsAt: null,
      periodEndsAt: null,
      occurredAt: at,
      recordedAt: at,
    })
    .execute();
  const override = { changes: JSON.stringify({ agentsMax: 30 }), reason: "A seeded exception.", setBy: userId, setAt: at };
  await tx
    .insertInto("planOverrides")
    .values({ workspaceId, ...override })
    .execute();
  const spent = { day: at.toISOString().slice(0, 10), spentUsd: 60, usualUsd: 2, createdAt: at };
  await tx
    .insertInto("spendAlerts")
    .values({ workspaceId, ...spent })
    .execute();
  await growBudget(tx, { workspaceId, userId, at });
}

async function growBudget(tx: Tx, { workspaceId, userId, at }: { workspaceId: string; userId: string; at: Date }): Promise<void> {
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  const periodFrom = new Date(Date.UTC(year, month, 1));
  const held = { requestsHeld: 1, computeMsHeld: 60_000, tokensHeld: 20_000 };
  const spent = { requestsSpent: 25_000, computeMsSpent: 4_000_000, tokensSpent: 900_000 };
  await tx
    .insertInto("budgetPeriods")
    .values({ workspaceId, periodFrom, periodTo: new Date(Date.UTC(year, month + 1, 1)), ...spent, ...held, touchedAt: at })
    .execute();
  await tx
    .insertInto("budgetLeases")
    .values({ id: `bls_${ulid()}`, workspaceId, periodFrom, ...held, takenAt: at, expiresAt: at })
    .execute();
  await tx
    .insertInto("budgetAlerts")
    .values({ workspaceId, periodFrom, metric: "requests", percent: 50, createdAt: at })
    .execute();
  await tx.insertInto("budgetSettings").values({ workspaceId, atCap: "notify_and_block", setBy: userId, setAt: at }).execute();
}
