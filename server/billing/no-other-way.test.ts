// No input of any procedure changes a plan: everything that a client can send, with every word for a plan put into it (MISSION T3).
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tiers } from "~/db/tables/workspaces";
import { newId } from "~/server/ids";
import { procedureRows } from "~/server/isolation/procedure-rows";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { createCaller } from "~/server/router";
import { type BillingRig, createBillingRig } from "~/server/testing/billing-rig";
import { principalOf } from "~/server/testing/factories";
import { growIds } from "~/server/testing/grow-ids";
import { createProviderRegistry } from "~/server/testing/provider-registry";

let rig: BillingRig;
beforeAll(async () => {
  rig = await createBillingRig();
  Object.assign(rig.services, { providers: createProviderRegistry([createFakeProvider()]) });
});
afterAll(() => rig.dispose());

type Callable = { [name: string]: Callable } & ((input: unknown) => Promise<unknown>);

const names = [
  "tier",
  "plan",
  "assignedTier",
  "subscriptionTier",
  "subscriptionStatus",
  "changes",
  "status",
  "priceId",
  "workspaceId",
];
const words = fc.oneof(
  fc.constantFrom(...tiers, "active", "price_pro_month"),
  fc.dictionary(fc.constantFrom("agentsMax"), fc.nat()),
);
const additions = fc.dictionary(fc.constantFrom(...names), words, { minKeys: 1, maxKeys: 4 });

describe("whoever owns a workspace, with a fresh proof", () => {
  it("changes its plan by no procedure and no input", async () => {
    const { workspaceId, tenant } = await rig.growCustomer();
    const ids = await growIds(rig.services, tenant.workspace, tenant.user);
    const caller = createCaller({
      services: rig.services,
      request: { traceId: newId("trace"), ipAddress: null, userAgent: null, workspaceId },
      principal: async () => principalOf(tenant.user),
      setCookie: () => undefined,
      closing: AbortSignal.timeout(60_000),
    }) as unknown as Callable;
    // What ends the workspace or the session itself would end the fuzz with it.
    const paths = Object.keys(procedureRows).filter((path) => !/delete|leave|transfer|watch|revokeAll|signOut/i.test(path));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), additions, async (path, added) => {
        const procedure = path.split(".").reduce((at, name) => at[name] as Callable, caller);
        const input = procedureRows[path]?.input(ids);
        await procedure(typeof input === "object" && input !== null ? { ...input, ...added } : added).catch(() => undefined);
        expect(await rig.tierOf(workspaceId), path).toBe("free");
      }),
      { numRuns: 300 },
    );
    const overrides = await rig.services.owner.selectFrom("planOverrides").select("workspaceId").execute();
    const accounts = await rig.services.owner
      .selectFrom("billingAccounts")
      .select(["assignedTier", "subscriptionTier"])
      .where("workspaceId", "=", workspaceId)
      .execute();
    expect(overrides).toEqual([]);
    expect(accounts).toEqual([{ assignedTier: null, subscriptionTier: null }]);
  }, 120_000);

  it("cannot do it as the pages' role of PostgreSQL either", async () => {
    const forged = rig.services.db.updateTable("workspaces").set({ tier: "enterprise" }).execute();
    await expect(forged).rejects.toThrow("permission denied");
    const raised = rig.services.db.updateTable("billingAccounts").set({ assignedTier: "enterprise" }).execute();
    await expect(raised).rejects.toThrow("permission denied");
  });
});
