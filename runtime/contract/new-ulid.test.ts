// Ids are told apart, come in the order in which they were made, and say nothing of each other but that.
import { decodeTime, isValid } from "ulid";
import { expect, it } from "vitest";
import { newUlid } from "./new-ulid";

it("is a ULID of its moment", () => {
  const before = Date.now();
  const id = newUlid();
  expect(isValid(id)).toBe(true);
  expect(decodeTime(id)).toBeGreaterThanOrEqual(before);
  expect(decodeTime(id)).toBeLessThanOrEqual(Date.now());
});

it("comes behind all that this process made before, also within a millisecond, and is no step from its neighbour", () => {
  const ids = Array.from({ length: 20_000 }, () => newUlid());
  expect(new Set(ids.map((id) => id.slice(0, 10))).size).toBeLessThan(ids.length);
  expect(ids).toEqual([...ids].sort());
  expect(new Set(ids.map((id) => id.slice(-8))).size).toBeGreaterThan(ids.length - 10);
});

it("begins each millisecond anew, somewhere that no earlier one tells", () => {
  const beginnings = new Map<string, string>();
  while (beginnings.size < 20) {
    const id = newUlid();
    const time = id.slice(0, 10);
    if (!beginnings.has(time)) beginnings.set(time, id.slice(10, 18));
  }
  expect(new Set(beginnings.values()).size).toBe(20);
});
