// What telemetry ingestion takes: events durable, deduplicated and counted per second, against one insert per event and against a bare COPY.
//
// Run with: node launch/bootstrap.mjs bench telemetry
// All three stand behind the same door: HTTP, signature, parsing, owner chain. `naive` writes each event in a transaction of its own;
// `copy` groups events as the house does and copies them into a table without any index, key or sum: the most that PostgreSQL takes.
// A PostgreSQL of its own, durable as in production; 256 runtimes report at one time over connections that are open already, from a thread
// of their own on the same cores, with a client that does no more than that. The ways take turns round by round; on a machine that is busy
// with other work the naive way's many connections get more than their share of it, so run it alone.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { sql } from "kysely";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { type Db, openDb } from "~/db/client";
import { migrateToLatest } from "~/db/migrate";
import { ensurePostgres } from "~/launch/postgres";
import type { EventRow } from "~/server/telemetry/telemetry.queries";
import type { TelemetryIngest } from "~/server/telemetry/telemetry-ingest";
import { growSource } from "~/server/testing/grow-source";
import { groupedBy } from "~/server/testing/open-bench-meter";
import { openTelemetryDoor, type TelemetryDoor } from "~/server/testing/telemetry-door";
import { type LoadThread, openLoadThread, serveLoadThread } from "~/server/testing/telemetry-load";
import type { CampaignSource } from "~/server/testing/telemetry-senders";

const goals = { timesNaiveAtOne: 3, shareOfCopyAtTen: 0.55 };
const rounds = 5;
const clients = 256;
const eventsPerRound = { 1: 4_000, 10: 10_000, 100: 20_000 } as const;
type PerRequest = keyof typeof eventsPerRound;

if (!serveLoadThread()) await run();

async function run(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "whs-bench-telemetry-"));
  const postgres = await ensurePostgres({ directory: path.join(folder, "postgres"), durable: true, connectionsMax: 100 });
  const open = (role: "owner" | "across") => openDb({ url: postgres.url, role, connectionsMax: 32 });
  // As many as groups of the house may be under way.
  const copyClients = [0, 1].map(() => new pg.Client({ connectionString: postgres.url }));
  const ground = { owner: open("owner"), across: open("across"), copyClients };
  try {
    say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
    await migrateToLatest(ground.owner);
    await Promise.all(copyClients.map((client) => client.connect()));
    await sql`create table bare_events (like telemetry_events)`.execute(ground.owner);
    await sql`create table naive_events (like telemetry_events including indexes)`.execute(ground.owner);
    await sql`create unique index on naive_events (deployment_id, event_id)`.execute(ground.owner);
    await measure(ground);
  } finally {
    await Promise.all(copyClients.map((client) => client.end()));
    await Promise.all([ground.owner.destroy(), ground.across.destroy()]);
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Ground = { owner: Db; across: Db; copyClients: pg.Client[] };

async function measure({ owner, across, copyClients }: Ground): Promise<void> {
  const source = await growSource(owner);
  const ways = {
    ours: await openTelemetryDoor(across),
    naive: await openTelemetryDoor(across, naiveWriter(owner)),
    copy: await openTelemetryDoor(across, copyWriter(copyClients)),
  };
  const thread = openLoadThread(new URL(import.meta.url));
  for (const perRequest of [1, 10, 100] as const) {
    const rates: Record<keyof typeof ways, number[]> = { ours: [], naive: [], copy: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const way of ["ours", "naive", "copy"] as const) {
        rates[way].push(await ratePerSecond(ways[way], thread, { source, perRequest }));
      }
    }
    // The first round warms everything up.
    const rateOf = (way: keyof typeof ways) => median(rates[way].slice(1));
    report(perRequest, { ours: rateOf("ours"), naive: rateOf("naive"), copy: rateOf("copy") });
  }
  await thread.close();
  await Promise.all(Object.values(ways).map((door) => door.close()));
}

function report(perRequest: PerRequest, { ours, naive, copy }: { ours: number; naive: number; copy: number }): void {
  const [timesNaive, shareOfCopy] = [ours / naive, ours / copy];
  const figures = `${perRequest} per request: ${ours.toFixed(0)} events/s, naive ${naive.toFixed(0)}/s (${timesNaive.toFixed(2)}×), copy ${copy.toFixed(0)}/s (${shareOfCopy.toFixed(2)}×)`;
  if (perRequest === 100) {
    say(`     ${figures} (no goal)`);
    return;
  }
  const isMet = perRequest === 1 ? timesNaive >= goals.timesNaiveAtOne : shareOfCopy >= goals.shareOfCopyAtTen;
  const goal = perRequest === 1 ? `at least ${goals.timesNaiveAtOne}× naive` : `at least ${goals.shareOfCopyAtTen}× copy`;
  say(`${isMet ? "ok  " : "MISS"} ${figures} (goal: ${goal})`);
  if (!isMet) process.exitCode = 1;
}

async function ratePerSecond(
  door: TelemetryDoor,
  thread: LoadThread,
  { source, perRequest }: { source: CampaignSource; perRequest: PerRequest },
): Promise<number> {
  const reports = door.prepare(source, eventsPerRound[perRequest] / perRequest, perRequest);
  // Fewer when each brings more: what waits in the house stays below its bound for one deployment.
  const ms = await thread.send({ url: door.url, clients: perRequest === 100 ? clients / 8 : clients, reports });
  return eventsPerRound[perRequest] / (ms / 1_000);
}

function naiveWriter(owner: Db): TelemetryIngest["writer"] {
  return {
    isFull: false,
    drain: async () => {},
    write: (rows) =>
      Promise.all(
        rows.map(async (row) => {
          const { numAffectedRows } = await sql`
            insert into naive_events (retention_class, occurred_at, deployment_id, event_id, workspace_id, agent_id, user_id,
              runtime_provider, requests, llm_tokens, compute_ms, tool_calls, errors, error_class, cost_usd_estimated, trace_id,
              received_at)
            values (${row.retentionClass}, ${row.occurredAt}, ${row.deploymentId}, ${row.eventId}, ${row.workspaceId}, ${row.agentId},
              ${row.userId}, ${row.runtimeProvider}, ${row.requests}, ${row.llmTokens}, ${row.computeMs}, ${row.toolCalls},
              ${row.errors}, ${row.errorClass}, ${row.costUsdEstimated}, ${row.traceId}, now()) on conflict do nothing`.execute(
            owner,
          );
          return (numAffectedRows ?? 0n) > 0n;
        }),
      ),
  };
}

function copyWriter(copyClients: pg.Client[]): TelemetryIngest["writer"] {
  const idle = [...copyClients];
  const commits = groupedBy<EventRow>(async (rows) => {
    const client = idle.pop();
    if (!client) throw new Error("more groups are under way than there are connections");
    await pipeline(Readable.from(rows.map(lineOf)), client.query(copyFrom("copy bare_events from stdin")));
    idle.push(client);
    return rows.map(() => true);
  });
  return { isFull: false, drain: () => commits.drain(), write: (rows) => commits.submit(rows) };
}

/** In the order of the columns; nothing in an event needs an escape. */
function lineOf(row: EventRow): string {
  const use = [
    row.requests,
    row.llmTokens,
    row.computeMs,
    row.toolCalls,
    row.errors,
    row.errorClass ?? "\\N",
    row.costUsdEstimated,
  ];
  const place = [row.retentionClass, row.occurredAt, row.deploymentId, row.eventId, row.workspaceId, row.agentId, row.userId];
  return `${[...place, row.runtimeProvider, ...use, row.traceId, row.occurredAt].join("\t")}\n`;
}

function median(numbers: number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
