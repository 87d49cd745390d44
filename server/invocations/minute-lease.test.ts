// Calls of a minute taken ahead: spent without asking, never into the next minute, and all gateways together exactly up to the cap.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { proveApiKey } from "~/server/auth/prove-api-key";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { createCallRate } from "./call-rate";
import { KeyMonths } from "./key-months";
import { MinuteLease } from "./minute-lease";

describe("a lease of a minute", () => {
  const open = () => {
    const clock = { nowMs: 0 };
    return { clock, lease: new MinuteLease(() => clock.nowMs) };
  };

  it("is spent call by call, and tells how many of the minute are used", () => {
    const { lease } = open();
    expect(lease.add({ minute: 13, resetMs: 60_000, granted: 3 }, { askedMs: 0, used: 1 })).toBe(11);
    expect(lease.spend()).toEqual({ minute: 12, resetMs: 60_000 });
    expect(lease.spend()).toEqual({ minute: 13, resetMs: 60_000 });
    expect(lease.spend()).toBeNull();
  });

  it("ends with its minute, counted from before it was asked for, and leaves nothing to the next", () => {
    const { clock, lease } = open();
    lease.add({ minute: 10, resetMs: 1_000, granted: 10 }, { askedMs: 0, used: 1 });
    clock.nowMs = 999;
    expect(lease.spend()).not.toBeNull();
    clock.nowMs = 1_000;
    expect(lease.spend()).toBeNull();
    expect(lease.add({ minute: 2, resetMs: 60_000, granted: 2 }, { askedMs: 1_000, used: 1 })).toBe(1);
    expect([lease.spend(), lease.spend()]).toEqual([{ minute: 2, resetMs: 60_000 }, null]);
  });

  it("of which more is asked in the last moment of a minute brings nothing of it into the next", () => {
    const { clock, lease } = open();
    lease.add({ minute: 10, resetMs: 1_000, granted: 10 }, { askedMs: 0, used: 1 });
    clock.nowMs = 999;
    // Asked for before the end, answered after it: Redis has begun a new minute.
    expect(lease.add({ minute: 1, resetMs: 60_000, granted: 1 }, { askedMs: 999, used: 1 })).toBe(1);
    expect(lease.spend()).toBeNull();
  });

  it("asks ahead only for whoever calls again within a second, twice as many each time", () => {
    const { clock, lease } = open();
    expect([lease.wishAhead(), lease.wishAhead(), lease.wishAhead(), lease.wishAhead()]).toEqual([0, 1, 2, 4]);
    clock.nowMs = 1_000;
    expect([lease.wishAhead(), lease.wishAhead()]).toEqual([0, 1]);
  });
});

describe("a cap per minute of which gateways take calls ahead", () => {
  let services: TestServices;
  beforeAll(async () => {
    services = await createTestServices();
  });
  afterAll(() => services.dispose());
  beforeEach(() => services.reset());

  async function gateways(count: number, perMinute: number) {
    const { scope } = await createTestTenant(services);
    const key = { name: "capped", preset: "invoke" as const, expiresInDays: null, callsPerMinuteMax: perMinute };
    const principal = await proveApiKey(services, (await createApiKey(services, scope, key)).apiKey);
    const months = new KeyMonths(services);
    const rates = Array.from({ length: count }, () => createCallRate(services, months));
    return { months, count: async (at: number) => rates[at % count]?.count(principal, perMinute) };
  }

  it("lets exactly that many pass, at two gateways that call on until they are refused", async () => {
    const cap = 1_000;
    const { months, count } = await gateways(2, cap);
    const until = async (at: number) => {
      for (let passed = 0; ; passed += 1) {
        const isRefused = await count(at).then(
          () => false,
          () => true,
        );
        if (isRefused) return passed;
      }
    };
    const passed = await Promise.all([until(0), until(0), until(0), until(1), until(1)]);
    expect(passed.reduce((sum, part) => sum + part, 0)).toBe(cap);
    await months.drain();
  });

  it("says what remains as if each call were counted by itself", async () => {
    const { months, count } = await gateways(1, 1_000);
    const remaining: number[] = [];
    for (let made = 0; made < 200; made += 1) remaining.push(Number((await count(0))?.["ratelimit-remaining"]));
    expect(remaining).toEqual(Array.from({ length: 200 }, (_, made) => 999 - made));
    await months.drain();
  });
});
