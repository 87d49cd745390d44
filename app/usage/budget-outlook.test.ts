// A budget says in time when it will be used up, and never cries when it will not.
import { expect, test } from "vitest";
import { budgetOutlook } from "./budget-outlook";

const period = { periodFrom: new Date("2026-11-01T00:00:00Z"), periodTo: new Date("2026-12-01T00:00:00Z") };
const item = { metric: "requests" as const, limit: 1_000, reserved: 0 };

test.each([
  ["in its first hour", { spent: 3, forecast: null }, "calm", "Too early in the period to foresee."],
  ["at hardly any pace", { spent: 1, forecast: 2 }, "calm", "At this pace under 1 % of the cap by 1 Dec."],
  ["at a slow pace", { spent: 200, forecast: 300 }, "calm", "At this pace 30 % of the cap by 1 Dec."],
  ["at a pace that leads past the cap", { spent: 500, forecast: 1_200 }, "over", "At this pace you reach the cap on 26 Nov."],
  [
    "near the cap, at a pace that leads past it",
    { spent: 850, forecast: 1_500 },
    "near",
    "At this pace you reach the cap on 21 Nov.",
  ],
  ["near the cap at the period's end", { spent: 850, forecast: 900 }, "near", "At this pace 90 % of the cap by 1 Dec."],
  ["at the cap", { spent: 1_000, forecast: 2_000 }, "used", "Used up: calls are refused until 1 Dec."],
  ["without any allowance", { spent: 0, forecast: 0, limit: 0 }, "used", "Used up: calls are refused until 1 Dec."],
])("%s", (_, part, level, sentence) => {
  expect(budgetOutlook({ ...item, ...part }, period)).toEqual({ level, sentence });
});
