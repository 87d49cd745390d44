// The dashboard and the alert rules ask for metrics and labels that exist, and the page names every one of them.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { type Instruments, instruments } from "./instruments";
import { observeServices } from "./observe-services";
import { observeWork } from "./observe-work";
import { startMetrics } from "./start-metrics";

const folder = new URL("../../docs/operations/", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), "utf8");

/** As code uses them; a label that is missing here fails the test, as one that the code has not. */
const labels: Record<keyof Instruments, Record<string, string>> = {
  httpDuration: { method: "GET", route: "/", status: "200" },
  httpInFlight: { route: "/" },
  invocationDuration: { runtime: "embedded", mode: "json", outcome: "ok", error_class: "none" },
  telemetryEvents: { outcome: "accepted" },
  groupCommitSize: { writer: "call records" },
  jobDuration: { job: "alerts-sweep", outcome: "done" },
  deployments: { status: "active" },
  stageDuration: { stage: "build", outcome: "done" },
  webhookDeliveries: { outcome: "delivered" },
};

let services: TestServices;
/** Name of a series → its labels. */
let series: Map<string, Set<string>>;

beforeAll(async () => {
  services = await createTestServices({ config: { metrics: { token: "x".repeat(24), workerPort: null, otlp: false } } });
  const metrics = await startMetrics(services.config, "test");
  if (!metrics) throw new Error("nothing is counted");
  observeServices(metrics.meter, services, new Map([["app", { totalCount: 1, idleCount: 1, waitingCount: 0 }]]));
  observeWork(metrics.meter, services, ["alerts-sweep"]);
  const at = services.clock.now();
  await services.owner
    .insertInto("runtimeChecks")
    .values({ runtime: "embedded", status: "up", detail: "", warnings: "[]", checkedAt: at, since: at, tookMs: 1 })
    .execute();
  for (const [name, said] of Object.entries(labels)) {
    const instrument = instruments()[name as keyof Instruments];
    if ("record" in instrument) instrument.record(1, said);
    else instrument.add(1, said);
  }
  series = seriesOf(await metrics.render());
  await metrics.close();
});
afterAll(() => services.dispose());

function seriesOf(text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, name = "", said = ""] of text.matchAll(/^(whs_\w+)(?:\{([^}]*)\})? /gm)) {
    const known = found.get(name) ?? new Set();
    for (const [, label = ""] of said.matchAll(/(\w+)="/g)) known.add(label);
    found.set(name, known);
  }
  return found;
}

const panelsOf = () => (JSON.parse(read("grafana-dashboard.json")) as { panels: { targets?: { expr: string }[] }[] }).panels;
const asked = () => [
  ...panelsOf().flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...[...read("prometheus-rules.yml").matchAll(/^\s*expr: (.*)$/gm)].map(([, expr = ""]) => expr),
];
const namesIn = (expr: string) => expr.match(/whs_\w+/g) ?? [];
/** What Prometheus adds by itself. */
const added = ["le", "instance", "job"];

describe("what the dashboard and the rules ask for", () => {
  it("exists, by name and by label", () => {
    expect(asked().length).toBeGreaterThan(30);
    for (const expr of asked()) {
      const names = namesIn(expr);
      for (const name of names) expect([...series.keys()], expr).toContain(name);
      const known = new Set([...added, ...names.flatMap((name) => [...(series.get(name) ?? [])])]);
      const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, by = ""]) => by.split(/,\s*/));
      const matched = [...expr.matchAll(/[{,](\w+)(?:=~?|!=)"/g)].map(([, label = ""]) => label);
      for (const label of [...grouped, ...matched]) expect([...known], `${label} of ${expr}`).toContain(label);
    }
  });

  it("leaves out no metric that there is", () => {
    const used = new Set(panelsOf().flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => namesIn(expr).map(familyOf))));
    expect([...new Set([...series.keys()].map(familyOf))].filter((name) => !used.has(name))).toEqual([]);
  });

  it("is on the page about it", () => {
    const page = read("observability.md");
    for (const name of new Set([...series.keys()].map(familyOf))) expect(page).toContain(name);
  });
});

function familyOf(name: string): string {
  return name.replace(/_(bucket|count|sum)$/, "");
}
