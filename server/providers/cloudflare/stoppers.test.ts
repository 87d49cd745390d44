// What can stop calls takes room for those under way alone, however many versions were ever called.
import { expect, it } from "vitest";
import { createStoppers } from "./stoppers";

it("a thousand versions that were called leave nothing", () => {
  const stoppers = createStoppers();
  for (let place = 0; place < 1_000; place += 1) {
    const [first, second] = [stoppers.enter(`dep_${place}`), stoppers.enter(`dep_${place}`)];
    first.leave();
    first.leave();
    expect(stoppers.size).toBe(1);
    second.leave();
  }
  expect(stoppers.size).toBe(0);
});

it("a stop ends the calls under way with its reason and not the one that begins next, and their ends do not forget that one", () => {
  const stoppers = createStoppers();
  const before = stoppers.enter("dep_1");
  stoppers.stop("dep_1", new Error("stopped"));
  const after = stoppers.enter("dep_1");
  before.leave();
  expect([before.signal.aborted, after.signal.aborted]).toEqual([true, false]);
  expect(before.signal.reason).toEqual(new Error("stopped"));
  stoppers.stop("dep_1", new Error("again"));
  expect(after.signal.aborted).toBe(true);
  stoppers.stop("dep_2", new Error("nobody"));
  expect(stoppers.size).toBe(0);
});
