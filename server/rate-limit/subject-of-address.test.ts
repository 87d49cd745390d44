// Who counts as one caller by their address.
import { expect, it } from "vitest";
import { subjectOfAddress } from "./subject-of-address";

it("an IPv4 address is one caller, however it is written", () => {
  expect(subjectOfAddress("192.0.2.7")).toBe("192.0.2.7");
  expect(subjectOfAddress("::ffff:192.0.2.7")).toBe("192.0.2.7");
  expect(subjectOfAddress("192.0.2.8")).not.toBe(subjectOfAddress("192.0.2.7"));
});

it("all of one /64 are one caller, and the next one is another", () => {
  const [first, last] = ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"];
  expect(subjectOfAddress(first)).toBe("2001:db8:1:2::/64");
  expect(subjectOfAddress(last)).toBe(subjectOfAddress(first));
  expect(subjectOfAddress("2001:db8:1:3::1")).not.toBe(subjectOfAddress(first));
  expect(subjectOfAddress("fe80::1%eth0")).toBe("fe80::/64");
});

it("those without an address share one", () => {
  expect([null, undefined, "", "no address"].map(subjectOfAddress)).toEqual(Array.from({ length: 4 }, () => "unknown"));
});
