// A body of a great many fields costs its sender little and whoever judges it much: it is refused before any schema sees it.
import { expect, it } from "vitest";
import { assertFewFields } from "./assert-few-fields";

const many = Array.from({ length: 5_001 }, (_, nth) => [`k${nth}`, ""] as const);
const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);

it.each([
  ["fields of one object", Object.fromEntries(many)],
  ["fields further in", { input: { messages: [{ role: "user", ...Object.fromEntries(many) }] } }],
  ["entries", { list: many.map(() => 1) }],
  ["fields of many objects", many.map(() => ({ a: 1 })).slice(0, 2_501)],
  ["levels", deep],
])("too many %s are refused in words", (_what, body) => {
  expect(() => assertFewFields(body)).toThrow(
    expect.objectContaining({ code: "INVALID_REQUEST", details: { reason: "too_many_fields" } }),
  );
});

it.each([
  [
    "a whole conversation",
    { input: { messages: Array.from({ length: 200 }, () => ({ role: "user", content: "x" })) }, metadata: { a: "b" } },
  ],
  ["nothing", undefined],
  ["null", null],
  ["words", "x".repeat(1_000_000)],
  ["just as many as may be", many.slice(1).map(() => 1)],
])("%s passes", (_what, body) => {
  expect(() => assertFewFields(body)).not.toThrow();
});
