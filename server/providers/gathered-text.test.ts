// An answer in very many very small pieces is as it was said, and takes about as much memory as in one.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { GatheredText } from "./gathered-text";

it("says what was added, split characters included, and how much that takes", () => {
  const holds: number[] = [];
  const text = new GatheredText({ hold: (_part, bytes) => void holds.push(bytes), release: () => undefined });
  const said = "grüße 👩‍🚀 ".repeat(700);
  // Cut between the halves of what is one character.
  for (const unit of said.split("")) text.add(unit);
  expect(text.whole()).toBe(said);
  expect(holds.at(-1)).toBe(2 * said.length);
  expect(text.whole()).toBe(said);
});

it("a million pieces of one character are kept as their text and not as a million things", () => {
  const count = 1_000_000;
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const heapUsed = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const text = new GatheredText({ hold: () => undefined, release: () => undefined });
  const before = heapUsed();
  for (let nth = 0; nth < count; nth += 1) text.add(String.fromCharCode(97 + (nth % 26)));
  const kept = heapUsed() - before;
  expect(text.whole()).toHaveLength(count);
  // Joined one by one they take more than thirty bytes each.
  expect(kept / count).toBeLessThan(10);
});
