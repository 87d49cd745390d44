// What is chosen by dragging is shown, edges included, and never so little that nothing could be drawn.
import { expect, test } from "vitest";
import type { UsageHour } from "~/server/telemetry/usage.contract";
import { brushed } from "./brush";

const hourMs = 3_600_000;
const start = Date.parse("2026-11-22T00:00:00Z");
const hours = Array.from({ length: 5 }, (_, place) => ({ hour: new Date(start + place * hourMs) }) as UsageHour);
const shown = (from: number, to: number) =>
  brushed(hours, { fromMs: start + from * hourMs, toMs: start + to * hourMs }).map(({ hour }) => hour.getUTCHours());

test("a brush shows the steps that begin in it", () => {
  expect(brushed(hours, null)).toBe(hours);
  expect(shown(1, 3)).toEqual([1, 2, 3]);
  expect(shown(0.5, 3.5)).toEqual([1, 2, 3]);
});

test("a brush over less than two steps shows everything", () => {
  expect(shown(1.2, 1.8)).toEqual([0, 1, 2, 3, 4]);
  expect(shown(0.5, 1.5)).toEqual([0, 1, 2, 3, 4]);
});
