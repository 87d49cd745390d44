// A tenant's money: an account, a paid invoice, a limit that was raised, and a day that cost more than usual.
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
}
