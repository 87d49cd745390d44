// The named worlds of `npm run seed`: each tenant holds one row of every kind that belongs to a workspace.
import { inTransaction, type Tx } from "../transaction";
import { growKeyedRequest } from "./grow-keyed-request";
import { growMembership } from "./grow-membership";
import { growPeople } from "./grow-people";
import { growTenantAgent } from "./grow-tenant-agent";
import { growTenantAlerts } from "./grow-tenant-alerts";
import { growTenantBilling } from "./grow-tenant-billing";
import { growTenantKey } from "./grow-tenant-key";
import { growTenantUsage } from "./grow-tenant-usage";
import { growTenantWords } from "./grow-tenant-words";
import type { Tenant, World } from "./world";

export const worlds: Record<string, World> = {
  solo: {
    about: "One person (ada@solo.example) in one workspace with one agent and a day of usage.",
    grow: (db) => inTransaction(db, async (tx) => [await growTenant(tx, "ada@solo.example", "Solo")]),
  },
  "two-tenants": {
    about: "Two strangers (ada@one.example, bob@two.example) whose workspaces hold things of the same names.",
    grow: (db) =>
      inTransaction(db, async (tx) => [
        await growTenant(tx, "ada@one.example", "Support"),
        await growTenant(tx, "bob@two.example", "Support"),
      ]),
  },
};

async function growTenant(tx: Tx, email: string, workspaceName: string): Promise<Tenant> {
  const place = await growPeople(tx, email, workspaceName);
  await growMembership(tx, place);
  const tenant = { ...place, ...(await growTenantAgent(tx, place)) };
  await growTenantUsage(tx, tenant);
  await growTenantWords(tx, tenant);
  await growTenantKey(tx, tenant);
  await growTenantBilling(tx, tenant);
  await growTenantAlerts(tx, tenant);
  await growKeyedRequest(tx, tenant);
  return tenant;
}
