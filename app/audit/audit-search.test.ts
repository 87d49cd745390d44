// What a person types into the address or the filters reaches the log as whole days and exact words, or not at all.
import { expect, test } from "vitest";
import { auditSearchOf, filterOf, isSearching } from "./audit-search";

const search = (query: string) => auditSearchOf(new URLSearchParams(query));

test("days are whole days in UTC, both ends included", () => {
  expect(filterOf(search("from=2026-11-01&to=2026-11-30"))).toEqual({
    from: new Date("2026-11-01T00:00:00Z"),
    to: new Date("2026-12-01T00:00:00Z"),
  });
});

test("what is no day, or none that a database could compare, is left out", () => {
  for (const day of ["yesterday", "2026-02-30", "2026-13-01", "0001-01-01", "9999-12-31", "-271821-04-20", "2026-1-1"])
    expect(isSearching(search(`from=${day}&to=${day}`)), day).toBe(false);
});

test("words are taken as they are, without the space around them", () => {
  expect(filterOf(search("trace=%20trc_1%20&actor=usr_1&target=agt_1&action=agent."))).toEqual({
    traceId: "trc_1",
    actorId: "usr_1",
    targetId: "agt_1",
    action: "agent.",
  });
  expect(isSearching(search(""))).toBe(false);
});
