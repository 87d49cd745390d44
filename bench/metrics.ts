// What a chart costs: a day of usage from the hourly sums against a scan of its raw events, and whether it stays so as rows grow.
//
// Run with: node launch/bootstrap.mjs bench metrics [rows, and ten times as many]
// 100,000 rows unless said otherwise; `bench metrics 1000000` goes from a million to ten. The sums are those that the recount job makes
// from the raw rows, so it is measured as well. Both ways ask under the same row-level security and take turns.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { sql } from "kysely";
import { openDb } from "~/db/client";
import { migrateToLatest } from "~/db/migrate";
import { inWorkspace, type Tx } from "~/db/transaction";
import { ensurePostgres } from "~/launch/postgres";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { UsageSpan } from "~/server/telemetry/usage.queries";
import { growEvents } from "~/server/testing/grow-events";
import { growSource } from "~/server/testing/grow-source";
import { openBenchMeter } from "~/server/testing/open-bench-meter";

const goals = { timesFaster: 50, growth: 1.5 };
const rowsOfFirst = Number(process.argv.findLast((word) => /^\d+$/.test(word)) ?? 100_000);
const rounds = 9;
const hourMs = 3_600_000;

type Sums = { requests: number; llmTokens: number; computeMs: number; cost: string };

const folder = mkdtempSync(path.join(os.tmpdir(), "whs-bench-metrics-"));
const postgres = await ensurePostgres({ directory: path.join(folder, "postgres"), durable: false, connectionsMax: 60 });
const open = (role: "owner" | "app" | "across") =>
  openDb({ url: postgres.url, role, connectionsMax: 8, statementTimeoutMs: 600_000 });
const [owner, app, across] = [open("owner"), open("app"), open("across")];
const meter = openBenchMeter(across);
try {
  say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
  await migrateToLatest(owner);
  await measure();
} finally {
  await Promise.all([owner.destroy(), app.destroy(), across.destroy()]);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const source = await growSource(owner);
  const scope = await meter.scopeOf(source);
  const to = new Date(Math.floor(Date.now() / hourMs) * hourMs + hourMs);
  const from = new Date(to.getTime() - 24 * hourMs);
  const span: UsageSpan = { from, to, grain: "hour", agentId: null, deploymentId: null };
  const times: number[] = [];
  for (const count of [rowsOfFirst, rowsOfFirst * 10]) {
    const { rows } = await sql<{ n: number }>`select count(*) as n from telemetry_events`.execute(owner);
    await growEvents(owner, source, {
      count: count - (rows[0]?.n ?? 0),
      from,
      to: new Date(to.getTime() - 1),
      prefix: `e${count}-`,
    });
    await sql`vacuum analyze telemetry_events`.execute(owner);
    const startedAt = performance.now();
    await meter.recount();
    say(`     ${count} rows counted again in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
    times.push(await compare(scope, span, count));
  }
  const growth = (times[1] ?? 0) / (times[0] ?? 1);
  report(`ten times the rows: the chart takes ${growth.toFixed(2)}× as long`, `at most ${goals.growth}×`, growth <= goals.growth);
}

/** Milliseconds of the sums' way. */
async function compare(scope: WorkspaceScope, span: UsageSpan, count: number): Promise<number> {
  const ways = { raw: (tx: Tx) => scanRaw(tx, scope, span), sums: (tx: Tx) => meter.listSteps(tx, scope, span) };
  const times: Record<keyof typeof ways, number[]> = { raw: [], sums: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ["raw", "sums"] as const) {
      await inWorkspace(app, scope, async (tx) => {
        const startedAt = performance.now();
        await ways[way](tx);
        times[way].push(performance.now() - startedAt);
      });
    }
  }
  const [raw, sums] = [median(times.raw), median(times.sums)];
  const ratio = raw / sums;
  const goal = `at least ${goals.timesFaster}×`;
  report(
    `${count} rows: raw ${raw.toFixed(1)} ms, sums ${sums.toFixed(2)} ms: ${ratio.toFixed(0)}×`,
    goal,
    ratio >= goals.timesFaster,
  );
  const [exact, kept] = await inWorkspace(app, scope, (tx) => Promise.all([sumRaw(tx, scope, span), sumKept(tx, scope, span)]));
  report(
    `${count} rows: the sums are ${JSON.stringify(kept)}`,
    "equal to the raw rows",
    JSON.stringify(exact) === JSON.stringify(kept),
  );
  return sums;
}

/** What a chart would ask without sums. */
async function scanRaw(tx: Tx, scope: WorkspaceScope, span: UsageSpan): Promise<unknown> {
  return sql`
    select date_trunc('hour', occurred_at, 'UTC') as at, sum(requests), sum(llm_tokens), sum(compute_ms), sum(tool_calls), sum(errors),
      sum(cost_usd_estimated), count(*)
    from telemetry_events where workspace_id = ${scope.workspaceId} and occurred_at >= ${span.from} and occurred_at < ${span.to}
    group by 1`.execute(tx);
}

async function sumRaw(tx: Tx, scope: WorkspaceScope, span: UsageSpan): Promise<Sums | undefined> {
  const { rows } = await sql<Sums>`
    select sum(requests) as requests, sum(llm_tokens) as llm_tokens, sum(compute_ms) as compute_ms,
      trim_scale(sum(cost_usd_estimated::numeric))::text as cost
    from telemetry_events
    where workspace_id = ${scope.workspaceId} and occurred_at >= ${span.from} and occurred_at < ${span.to}`.execute(tx);
  return rows[0];
}

async function sumKept(tx: Tx, scope: WorkspaceScope, span: UsageSpan): Promise<Sums | undefined> {
  const { rows } = await sql<Sums>`
    select sum(requests) as requests, sum(llm_tokens) as llm_tokens, sum(compute_ms) as compute_ms,
      trim_scale(sum(cost_usd_estimated))::text as cost
    from usage_hours where workspace_id = ${scope.workspaceId} and hour >= ${span.from} and hour < ${span.to}`.execute(tx);
  return rows[0];
}

function median(numbers: number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}

function report(what: string, goal: string, isMet: boolean): void {
  say(`${isMet ? "ok  " : "MISS"} ${what} (goal: ${goal})`);
  if (!isMet) process.exitCode = 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
