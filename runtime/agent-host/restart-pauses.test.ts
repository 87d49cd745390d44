// A deployment that cannot start costs its machine less and less.
import { expect, it } from "vitest";
import { HostError } from "./host-error";
import { createRestartPauses } from "./restart-pauses";

function open() {
  let now = 1_000_000;
  const pauses = createRestartPauses(() => now);
  const fail = (message = "boom") => pauses.noteFailure(new HostError("RUNTIME_ERROR", message));
  /** How long no start is made, in ms. */
  const pauseMs = () => {
    const from = now;
    while (pauses.reason() !== null) now += 500;
    return now - from;
  };
  return { pauses, fail, pauseMs };
}

it("may try again at once after the first failure, then pauses double up to a minute", () => {
  const { fail, pauseMs } = open();
  const seen = Array.from({ length: 10 }, () => {
    fail();
    return pauseMs();
  });
  expect(seen).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

it("answers with the last failure while it pauses", () => {
  const { pauses, fail } = open();
  fail("first");
  fail("second");
  expect(pauses.reason()?.message).toBe("second");
});

it("begins anew once it has worked, and waits for nobody who asks expressly", () => {
  const { pauses, fail, pauseMs } = open();
  for (let round = 0; round < 5; round += 1) fail();
  pauses.skip();
  expect(pauses.reason()).toBeNull();
  pauses.forget();
  fail();
  expect(pauseMs()).toBe(0);
});
