// One deployment's share of the way out: counted exactly, given back, and renewed with each minute.
import { expect, it } from "vitest";
import { createEgressBudget, EgressLimited } from "./egress-budget";

function open(limits: Partial<Parameters<typeof createEgressBudget>[0]> = {}) {
  let now = 5_000;
  const budget = createEgressBudget({ requestsMax: 2, lookupsMax: 2, bytesPerMinuteMax: 1_000, ...limits }, () => now);
  const pass = (ms: number) => {
    now += ms;
  };
  return { budget, pass };
}

it("of requests at a time exactly so many begin; one that ends makes room for one, however often it says so", () => {
  const { budget } = open();
  const [end] = [budget.begin(), budget.begin()];
  expect(() => budget.begin()).toThrow(EgressLimited);
  end?.();
  end?.();
  budget.begin();
  expect(() => budget.begin()).toThrow(/2 requests at a time/);
});

it("bytes of a minute are used up once, cut what is under way, and come back with the next minute", () => {
  const { budget, pass } = open({ requestsMax: 100 });
  expect(budget.take(900)).toBe(true);
  expect(budget.take(200)).toBe(true);
  expect(budget.take(1)).toBe(false);
  expect(() => budget.begin()).toThrow(/MB a minute/);
  pass(59_999);
  expect(budget.take(1)).toBe(false);
  pass(1);
  expect(budget.take(1)).toBe(true);
  budget.begin();
});

it("of names at most so many are looked up at once; the others wait their turn, and failures give the turn on", async () => {
  const { budget } = open();
  const ends: ((error?: Error) => void)[] = [];
  let most = 0;
  let running = 0;
  const work = () =>
    new Promise<void>((resolve, reject) => {
      running += 1;
      most = Math.max(most, running);
      ends.push((error) => {
        running -= 1;
        if (error) reject(error);
        else resolve();
      });
    });
  const lookups = Promise.allSettled(Array.from({ length: 9 }, () => budget.lookUp(work)));
  for (let n = 0; n < 9; n += 1) {
    await expect.poll(() => ends.length).toBeGreaterThan(n);
    ends[n]?.(n % 2 === 0 ? undefined : new Error("no such name"));
  }
  expect((await lookups).map(({ status }) => status)).toEqual(
    Array.from({ length: 9 }, (_, n) => (n % 2 === 0 ? "fulfilled" : "rejected")),
  );
  expect(most).toBe(2);
  expect(running).toBe(0);
});
