// What every kind of caller gets at every procedure, door and page: the tables of the isolation walk, as a person reads them.
import { type Cell, cellsOf, type Judged, judgeCell, type Outcome } from "~/server/isolation/judge-cell";
import { judgePage, pageRows } from "~/server/isolation/page-rows";
import { procedureRows } from "~/server/isolation/procedure-rows";
import { controlRows, routeRows } from "~/server/isolation/route-rows";
import { walkers } from "~/server/isolation/walkers";

type Row = Judged & { note?: string };
type Rows = Readonly<Record<string, Row>>;
type Judge<R extends Row> = (row: R, cell: Cell) => Outcome;

const signs: Partial<Record<Outcome, string>> = {
  OK: "✓",
  STEP_UP: "↻",
  UNAUTHENTICATED: "401",
  UNAUTHORIZED: "403",
  NOT_FOUND: "404",
};

export function renderIsolationMatrix(): string {
  const tables: Rows[] = [procedureRows, routeRows, controlRows, pageRows];
  const doors = Object.keys(routeRows).length + Object.keys(controlRows).length;
  const cells = tables.flatMap((rows) => Object.values(rows)).flatMap((row) => cellsOf(row, walkers));
  const counts = [
    `${Object.keys(procedureRows).length} procedures`,
    `${doors} doors beside them`,
    `${Object.keys(pageRows).length} pages`,
    `${walkers.length} kinds of callers`,
  ];
  return [
    `${counts.join(", ")}: ${cells.length} cells.`,
    section("Procedures", "`/trpc`, and `/v1` for those that have an address there", render(procedureRows, judgeCell)),
    section("Doors", "HTTP routes that are no procedures", render(routeRows, judgeCell)),
    section("The agent host's socket", "a unix socket on the same machine", render(controlRows, judgeCell)),
    section("Pages", "what the page's loaders answer; its forms act through the procedures above", render(pageRows, judgePage)),
  ].join("\n\n");
}

function section(title: string, what: string, table: string): string {
  return `## ${title}\n\n${what[0]?.toUpperCase()}${what.slice(1)}.\n\n${table}`;
}

function render<R extends Row>(rows: Readonly<Record<string, R>>, judge: Judge<R>): string {
  const heads = ["", "asks for", ...walkers.map((walker) => walker.name), "ids it names", ""];
  const lines = Object.entries(rows).map(([name, row]) => {
    const outcomes = walkers.map((walker) => judge(row, { walker, ids: "own", workspace: "own" }));
    const asks = `${row.who.includes(".") ? `\`${row.who}\`` : row.who}${row.proven ? ", proven" : ""}`;
    const ids = row.names?.map((id) => `\`${id}\``).join(" ") ?? "";
    return `| \`${name}\` | ${asks} | ${outcomes.map((outcome) => signs[outcome] ?? "◦").join(" | ")} | ${ids} | ${row.note ?? ""} |`;
  });
  return [`| ${heads.join(" | ")} |`, `|---|---|${":-:|".repeat(walkers.length)}---|---|`, ...lines].join("\n");
}
