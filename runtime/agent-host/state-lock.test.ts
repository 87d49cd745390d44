// Sessions on disk have one holder at a time, everybody gets a turn, and nobody who holds them is asked to go without need.
import { expect, it, vi } from "vitest";
import { createStateLock } from "./state-lock";

it("lets different keys be held beside each other", async () => {
  const lock = createStateLock();
  const makeWay = vi.fn();
  await lock.take("a", makeWay);
  await lock.take("b", makeWay);
  expect(makeWay).not.toHaveBeenCalled();
});

it("has one holder at a time, asks it to make way once, and serves in order", async () => {
  const lock = createStateLock();
  const order: string[] = [];
  let holders = 0;
  const makeWay = vi.fn();
  const giveFirst = await lock.take("a", makeWay);
  const turns = ["second", "third"].map(async (name) => {
    const give = await lock.take("a", () => undefined);
    holders += 1;
    expect(holders).toBe(1);
    order.push(name);
    holders -= 1;
    give();
  });
  expect(makeWay).toHaveBeenCalledOnce();
  giveFirst();
  await Promise.all(turns);
  expect(order).toEqual(["second", "third"]);
});

it("asks the next holder to make way when somebody waits behind it", async () => {
  const lock = createStateLock();
  const give = await lock.take("a", () => undefined);
  const second = new Promise<() => void>((resolve) => {
    const granted: Promise<() => void> = lock.take("a", () => void granted.then(resolve));
  });
  const third = lock.take("a", () => undefined);
  give();
  (await second)();
  (await third)();
});

it("gives back once, however often it is told", async () => {
  const lock = createStateLock();
  const give = await lock.take("a", () => undefined);
  give();
  const giveSecond = await lock.take("a", () => undefined);
  give();
  const makeWay = vi.fn(() => giveSecond());
  const third = lock.take("a", () => undefined);
  makeWay();
  await third;
});
