// How every runtime is, is known without asking it: checked by a job, kept with its time, told to members and operators apart.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import type { Provider } from "~/server/providers/provider";
import { createTestTenant } from "~/server/testing/factories";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { listRuntimes } from "./list-runtimes";
import { readRuntimesReport } from "./read-runtimes-report";
import { sweepRuntimes } from "./sweep-runtimes";

let services: TestServices;
let embedded: FakeProvider;
let cloudflare: FakeProvider;

beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  embedded = createFakeProvider();
  cloudflare = createFakeProvider({ runtime: "cloudflare" });
  services.providers = createProviderRegistry([embedded, cloudflare]);
});

const reportOf = async (runtime: string) =>
  (await readRuntimesReport(services)).runtimes.find((report) => report.runtime === runtime);
const replace = (changes: Partial<Provider>) => {
  services.providers = createProviderRegistry([embedded, { ...cloudflare, ...changes }]);
};

describe("the check of runtimes", () => {
  it("keeps how each is and since when; a status that stays keeps its beginning", async () => {
    const [first, second, third] = [0, 60_000, 120_000].map((ms) => new Date(services.clock.now().getTime() + ms));
    await sweepRuntimes(services);
    services.clock.advance(60_000);
    await sweepRuntimes(services);
    expect((await reportOf("cloudflare"))?.check).toMatchObject({ status: "up", since: first, checkedAt: second });
    cloudflare.setHealth("down");
    services.clock.advance(60_000);
    await sweepRuntimes(services);
    expect((await reportOf("cloudflare"))?.check).toMatchObject({ status: "down", since: third, checkedAt: third });
    expect((await reportOf("embedded"))?.check).toMatchObject({ status: "up", since: first, checkedAt: third });
  });

  it("of one that does not answer, or breaks, is down, and holds no other up", async () => {
    replace({ health: () => new Promise(() => {}) });
    await sweepRuntimes(services, { timeoutMs: 50 });
    expect((await reportOf("cloudflare"))?.check).toMatchObject({ status: "down", detail: "It did not answer in 1 seconds." });
    expect((await reportOf("embedded"))?.check?.status).toBe("up");
    services.clock.advance(1_000);
    replace({ health: () => Promise.reject(new Error("key sk-test-1234567890abcdefghij")) });
    await sweepRuntimes(services);
    const check = (await reportOf("cloudflare"))?.check;
    expect(check?.status).toBe("down");
    expect(JSON.stringify(check)).not.toContain("sk-test");
  });

  it("says nothing that looks like a credential, whatever a provider says", async () => {
    const token = "Bearer abcdefghijklmnopqrstuvwxyz0123456789";
    replace({ health: async () => ({ status: "down", detail: `refused ${token}`, warnings: [`tried ${token}`] }) });
    await sweepRuntimes(services);
    expect(JSON.stringify(await readRuntimesReport(services))).not.toContain("abcdefghijklmnopqrstuvwxyz0123456789");
  });
});

describe("what people are told", () => {
  it("members see state, time and plan; details and counts are the operator's", async () => {
    await sweepRuntimes(services);
    const { scope } = await createTestTenant(services, { tier: "free" });
    const at = { checkedAt: services.clock.now(), since: services.clock.now() };
    expect(await listRuntimes(services, scope)).toEqual({
      runtimes: [
        { runtime: "embedded", isOffered: true, isPlanned: true, check: { status: "up", ...at } },
        { runtime: "cloudflare", isOffered: true, isPlanned: true, check: { status: "up", ...at } },
        { runtime: "agentcore", isOffered: false, isPlanned: false, check: null },
      ],
    });
    expect((await reportOf("embedded"))?.check?.detail).toBe("0 placed");
  });

  it("reading it asks no provider, and what is not offered any more is not said to be up", async () => {
    await sweepRuntimes(services);
    const { scope } = await createTestTenant(services);
    let asked = 0;
    const health = () => {
      asked += 1;
      return Promise.reject(new Error("asked"));
    };
    services.providers = createProviderRegistry([{ ...embedded, health }]);
    const { runtimes } = await listRuntimes(services, scope);
    expect(runtimes[1]).toEqual({ runtime: "cloudflare", isOffered: false, isPlanned: true, check: null });
    expect((await reportOf("cloudflare"))?.check).toBeNull();
    expect(asked).toBe(0);
  });
});
