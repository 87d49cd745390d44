// Slots: what one owner holds is bounded, given back, and nobody else's concern.
import { expect, it } from "vitest";
import { Slots } from "./slots";

it("refuses the one too many, lets it in after a release, and never counts one owner against another", () => {
  const slots = new Slots((slotsMax) => `At most ${slotsMax} at once.`);
  const releases = [slots.take("a", 2), slots.take("a", 2)];
  expect(() => slots.take("a", 2)).toThrow("At most 2 at once.");
  const other = slots.take("b", 2);
  releases[0]?.();
  const again = slots.take("a", 2);
  expect(() => slots.take("a", 2)).toThrow(expect.objectContaining({ code: "RATE_LIMITED", retryable: true }));
  for (const release of [again, other]) release();
});
