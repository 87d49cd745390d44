// With the store of budgets away no call is let through that nobody can count: a clear refusal, worth trying again, and all goes on after it (MISSION E3).
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { plans } from "~/server/plans/plans";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { type Calling, callAgent, envelopeOf } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { openFurtherProcess } from "~/server/testing/further-process";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { readBudget } from "~/server/testing/read-budget";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { BudgetLedger } from "./budget-ledger";
import type { CallNeed } from "./lease-pool";

let services: TestServices;
let web: Web;
let agent: LiveAgent;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let reached = 0;

beforeAll(async () => {
  const fake = createFakeProvider();
  const counted = <Given extends unknown[], Answer>(ask: (...given: Given) => Answer) => {
    return (...given: Given) => {
      reached += 1;
      return ask(...given);
    };
  };
  const provider = { ...fake, invoke: counted(fake.invoke), stream: counted(fake.stream) };
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  reached = 0;
  tenant = await createTestTenant(services);
  agent = await createLiveAgent(services, tenant, services.providers.get("embedded") ?? null);
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterEach(() => web.drain());

const call = (calling: Calling = {}) => callAgent(web.url, agent, calling);

async function whileStoreIsAway(work: () => Promise<void>): Promise<void> {
  await sql`alter table budget_leases rename to budget_leases_away`.execute(services.owner);
  try {
    await work();
  } finally {
    await sql`alter table budget_leases_away rename to budget_leases`.execute(services.owner);
  }
}

describe("a call that cannot be counted", () => {
  const once = { headers: { "idempotency-key": "once" } };
  const forms: Record<string, Calling> = { "as JSON": {}, "as a stream": { path: "/stream" }, "under a key": once };
  for (const [name, calling] of Object.entries(forms)) {
    it(`${name} is refused before any runtime, says why, and passes once the store is back`, async () => {
      await whileStoreIsAway(async () => {
        const refused = await call(calling);
        expect(refused.headers.get("retry-after")).toBe("1");
        expect(await envelopeOf(refused)).toMatchObject({
          status: 503,
          error: { code: "RATE_LIMITED", retryable: true, details: { reason: "budget_unavailable" } },
        });
        expect(reached).toBe(0);
      });
      const passed = await call(calling);
      expect([passed.status, await passed.text()]).toEqual([200, expect.stringContaining("echo: hello")]);
      await web.drain();
      expect(await readBudget(services, tenant.workspace.id)).toMatchObject({
        spent: { requests: 1 },
        recounted: { requests: 1 },
        held: { requests: 0, computeMs: 0, tokens: 0 },
      });
    });
  }
});

it("a gateway that lost the store spends what it had leased, for less long than the lease holds, and then nothing", async () => {
  const further = openFurtherProcess(services, { redis: "same" });
  let elapsedMs = 0;
  const ledger = new BudgetLedger(further.services, () => elapsedMs);
  const from = new Date("2026-11-01T00:00:00Z");
  const need: CallNeed = {
    workspaceId: tenant.workspace.id,
    plan: { tier: "free", plan: plans.free },
    period: { from, to: new Date("2026-12-01T00:00:00Z") },
    hold: { computeMs: 1_000, tokens: 100 },
  };
  const taken = () =>
    Promise.resolve(ledger.take(need)).then(
      () => "taken",
      (error) => error.details.reason,
    );
  expect(await taken()).toBe("taken");
  await further.close();
  // Leased ahead while the store was there.
  expect(await taken()).toBe("taken");
  elapsedMs = 20_001;
  expect(await taken()).toBe("budget_unavailable");
  expect(await taken()).toBe("budget_unavailable");
  await ledger.drain();
});
