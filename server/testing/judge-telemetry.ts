// Whether the database holds what was acknowledged: each event once, as it first came, and every sum equal to its events.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import { systemClock } from "~/server/clock";
import { createLog } from "~/server/log";
import { sweepUsage } from "~/server/telemetry/sweep-usage";
import type { TelemetrySender } from "./telemetry-senders";

export type TelemetryVerdict = { acknowledged: number; abandoned: number; stored: number };

const batchRows = 20_000;

/** Throws what is wrong, beginning with `when`. */
export async function judgeTelemetry(owner: Db, senders: TelemetrySender[], when: string): Promise<TelemetryVerdict> {
  await owner.connection().execute(async (db) => {
    await sql`create temporary table sent (deployment_id text, event_id text, llm_tokens bigint, is_acknowledged boolean)`.execute(
      db,
    );
    for (const sender of senders) {
      await note(db, sender, sender.acknowledged, true);
      await note(db, sender, sender.abandoned, false);
    }
    await assertNone(
      db,
      `${when}: acknowledged and not stored`,
      sql`
      select event_id from sent where is_acknowledged and not exists (
        select from telemetry_events e where e.deployment_id = sent.deployment_id and e.event_id = sent.event_id)`,
    );
    await assertNone(
      db,
      `${when}: stored and never sent, or with other counts`,
      sql`
      select event_id from telemetry_events e where not exists (
        select from sent where sent.deployment_id = e.deployment_id and sent.event_id = e.event_id
          and (sent.llm_tokens = e.llm_tokens or not sent.is_acknowledged))`,
    );
    await assertNone(
      db,
      `${when}: stored more than once`,
      sql`
      select event_id from telemetry_events group by deployment_id, event_id having count(*) > 1`,
    );
  });
  const log = createLog({ program: "judge", level: "silent" });
  const recount = await sweepUsage({ across: owner, clock: systemClock, log });
  if (recount.repaired > 0) throw new Error(`${when}: sums differ from their events: ${JSON.stringify(recount)}`);
  const { rows } = await sql<{ stored: number }>`select count(*) as stored from telemetry_events`.execute(owner);
  const sum = (of: (sender: TelemetrySender) => number) => senders.reduce((total, sender) => total + of(sender), 0);
  return {
    acknowledged: sum((sender) => sender.acknowledged.size),
    abandoned: sum((sender) => sender.abandoned.size),
    stored: rows[0]?.stored ?? 0,
  };
}

async function note(db: Db, sender: TelemetrySender, events: Map<string, number>, isAcknowledged: boolean): Promise<void> {
  const entries = [...events];
  for (let at = 0; at < entries.length; at += batchRows) {
    const part = entries.slice(at, at + batchRows);
    const [ids, tokens] = [part.map(([id]) => id), part.map(([, count]) => count)];
    await sql`
      insert into sent select ${sender.deploymentId}, id, tokens, ${isAcknowledged}::boolean
      from unnest(${ids}::text[], ${tokens}::bigint[]) as part (id, tokens)`.execute(db);
  }
}

async function assertNone(db: Db, what: string, query: ReturnType<typeof sql>): Promise<void> {
  const { rows } = await sql`${query} limit 5`.execute(db);
  if (rows.length > 0) throw new Error(`${what}: ${JSON.stringify(rows)}`);
}
