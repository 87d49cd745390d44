// What is promised not to cost more than so much, judged by the best of several tries: during any one the machine may be busy with something else.
import { expect } from "vitest";

const triesMax = 20;

/** `attempt` answers what it cost, in milliseconds or as a share; a promise that is not kept at all costs too much each time. */
export async function expectOnceAtMost(most: number, attempt: () => Promise<number>): Promise<void> {
  const costs: number[] = [];
  while (Math.min(...costs) > most) {
    expect(costs.length, `never at most ${most}: ${costs.map((cost) => cost.toPrecision(3)).join(", ")}`).toBeLessThan(triesMax);
    costs.push(await attempt());
  }
}
