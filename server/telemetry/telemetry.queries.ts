// Telemetry as it is taken in: whose a deployment is, the events, their sums, and the partitions they lie in.
import { sql } from "kysely";
import { plainArray, wordArray } from "~/db/array-text";
import type { Db } from "~/db/client";
import type { Runtime } from "~/db/tables/deployments";
import type { ErrorClass } from "~/db/tables/invocations";

/** One event on its way in; times are RFC 3339. */
export type EventRow = {
  retentionClass: string;
  occurredAt: string;
  deploymentId: string;
  eventId: string;
  workspaceId: string;
  agentId: string;
  userId: string;
  runtimeProvider: Runtime;
  requests: number;
  llmTokens: number;
  computeMs: number;
  toolCalls: number;
  errors: number;
  errorClass: ErrorClass | null;
  costUsdEstimated: number;
  traceId: string;
};

/** The owner chain of a deployment, as its telemetry must state it. */
export function findTelemetrySourceAcrossWorkspaces(db: Db, deploymentId: string) {
  return db
    .selectFrom("deployments")
    .select(["id", "workspaceId", "agentId", "ownerUserId", "runtime", "telemetryGeneration", "retentionClass"])
    .select("telemetryOverlapEndsAt")
    .where("id", "=", deploymentId)
    .executeTakeFirst();
}

/** Makes the day's partition when it is missing; `day` is `YYYY-MM-DD`. */
export async function ensureTelemetryPartitionAcrossWorkspaces(db: Db, retentionClass: string, day: string): Promise<void> {
  await sql`select ensure_telemetry_partition(${retentionClass}, ${day}::date)`.execute(db);
}

export type DroppedDay = { name: string; bytes: number; daysLeft: number };

/**
 * Drops the oldest day before `keepFrom`, and waits for nobody who reads it longer than writers would notice. Answers what went, and how
 * many more days should; null when there is none. Throws PostgreSQL's 55P03 when somebody holds it.
 */
export async function dropOldestDayAcrossWorkspaces(
  db: Db,
  retentionClass: string,
  keepFrom: string,
): Promise<DroppedDay | null> {
  const { rows } = await sql<DroppedDay | { name: null }>`
    select name, bytes, days_left from drop_oldest_telemetry_day(${retentionClass}, ${keepFrom}::date)`.execute(db);
  const [row] = rows;
  return row && row.name !== null ? row : null;
}

/**
 * Takes in what is new, and adds it to the sums of its minute, hour and day, in one statement and transaction (`take_telemetry_events` of
 * the database). An event id counts once per deployment, as it came first, whatever else is said under it later; `sought` is where an
 * earlier one can be: PostgreSQL then looks into these days only. Answers of each event whether it was new.
 */
export async function takeTelemetryEventsAcrossWorkspaces(
  db: Db,
  rows: EventRow[],
  sought: { from: Date; to: Date },
): Promise<boolean[]> {
  const firstPlaces = placesOfFirsts(rows);
  const firsts = firstPlaces.flatMap((place) => rows[place] ?? []);
  const { sources, places } = sourcesOf(firsts);
  const taken = await sql<{ known: number[] | null }>`
    select take_telemetry_events(${JSON.stringify(sources)}, ${[...new Set(sources.map((source) => source.retention_class))]},
      ${sought.from}, ${sought.to}, ${plainArray(places)}, ${wordArray(firsts.map((row) => row.occurredAt))},
      ${wordArray(firsts.map((row) => row.eventId))}, ${plainArray(firsts.map((row) => row.requests))},
      ${plainArray(firsts.map((row) => row.llmTokens))}, ${plainArray(firsts.map((row) => row.computeMs))},
      ${plainArray(firsts.map((row) => row.toolCalls))}, ${plainArray(firsts.map((row) => row.errors))},
      ${wordArray(firsts.map((row) => row.errorClass))}, ${plainArray(firsts.map((row) => row.costUsdEstimated))},
      ${wordArray(firsts.map((row) => row.traceId))}) as known`.execute(db);
  const known = new Set(taken.rows[0]?.known);
  const isNew = rows.map(() => false);
  firstPlaces.forEach((place, index) => {
    isNew[place] = !known.has(index + 1);
  });
  return isNew;
}

/** The second of two equal events in one group is a duplicate of the first. */
function placesOfFirsts(rows: EventRow[]): number[] {
  const places = new Map<string, number>();
  rows.forEach(({ deploymentId, eventId }, place) => {
    const name = `${deploymentId}/${eventId}`;
    if (!places.has(name)) places.set(name, place);
  });
  return [...places.values()];
}

/** What all events of a deployment have in common, which is frozen on its row but for the retention class, is sent once. */
function sourcesOf(rows: EventRow[]) {
  const firsts = new Map<string, { place: number; row: EventRow }>();
  const places = rows.map((row) => {
    const name = `${row.deploymentId}/${row.retentionClass}`;
    const first = firsts.get(name) ?? { place: firsts.size, row };
    if (first.row === row) firsts.set(name, first);
    return first.place;
  });
  const sources = [...firsts.values()].map(({ place, row }) => ({
    of_place: place,
    retention_class: row.retentionClass,
    deployment_id: row.deploymentId,
    workspace_id: row.workspaceId,
    agent_id: row.agentId,
    user_id: row.userId,
    runtime_provider: row.runtimeProvider,
  }));
  return { sources, places };
}
