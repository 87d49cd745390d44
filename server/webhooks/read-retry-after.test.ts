// A receiver that takes nothing more for now is asked again when it says, in either spelling of RFC 9110, within reason.
import { expect, it } from "vitest";
import { readRetryAfterMs } from "./read-retry-after";

const now = new Date("2026-11-23T10:00:00Z");
const dayMs = 86_400_000;

it.each([
  [429, "30", 30_000],
  [503, "0", 0],
  [429, "Mon, 23 Nov 2026 10:01:00 GMT", 60_000],
  [429, "Mon, 23 Nov 2026 09:00:00 GMT", 0],
  [429, "9999999999", dayMs],
  [429, "soon", null],
  [429, "-1", null],
  [429, "", null],
  [429, undefined, null],
  [500, "30", null],
  [400, "30", null],
])("after %i %s it waits %s ms", (status, said, ms) => {
  expect(readRetryAfterMs({ status, headers: said === undefined ? {} : { "retry-after": said } }, now)).toBe(ms);
});
