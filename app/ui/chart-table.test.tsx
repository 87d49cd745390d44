// @vitest-environment happy-dom
// Every chart has its numbers as a table: without JavaScript in what the server sends, with it once somebody unfolds it.
import { act } from "react";
import { createRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { ChartTable } from "./chart-table";
import { LineChart } from "./line-chart";

const at = [new Date("2026-11-22T10:00:00Z"), new Date("2026-11-22T11:00:00Z")];
const table = <ChartTable caption="Requests" at={at} series={[{ label: "all", values: [41, null] }]} words={String} />;

/** Without JavaScript the browser reads what stands in noscript. */
const unscripted = (html: string) => new DOMParser().parseFromString(html.replaceAll(/<\/?noscript>/g, ""), "text/html");
const cellsOf = (page: ParentNode) => [...page.querySelectorAll("tbody :is(th, td)")].map((cell) => cell.textContent);

test("the server sends the rows, folded, newest first", () => {
  const page = unscripted(renderToString(table));
  expect(page.querySelector("details")?.hasAttribute("open")).toBe(false);
  expect(cellsOf(page).filter((_, place) => place % 2 === 1)).toEqual(["–", "41"]);
});

test("a chart that is drawn in the browser sends its numbers all the same", () => {
  const curves = [{ label: "p95", values: [7, 9], tone: "accent" as const }];
  const chart = <LineChart title="Latency" at={at} curves={curves} words={String} topMin={1} syncKey="k" />;
  expect(cellsOf(unscripted(renderToString(chart))).filter((_, place) => place % 2 === 1)).toEqual(["9", "7"]);
});

test("in the browser the rows are made when they are wanted", () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  const box = document.createElement("div");
  const root = createRoot(box);
  act(() => root.render(table));
  expect(cellsOf(box)).toEqual([]);
  const details = box.querySelector("details") as HTMLDetailsElement;
  act(() => {
    details.open = true;
    details.dispatchEvent(new Event("toggle"));
  });
  expect(cellsOf(box)).toHaveLength(4);
  act(() => root.unmount());
  vi.unstubAllGlobals();
});
