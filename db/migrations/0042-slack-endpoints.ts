// Endpoints of webhooks get a kind: signed, as all were, or an incoming webhook of Slack, whose own word for an answer is kept (MISSION G7).
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table webhook_endpoints add column kind text not null default 'signed'`.execute(db);
  await sql`
    alter table webhook_endpoints
      add constraint webhook_endpoints_kind check (kind in ('signed', 'slack')),
      add constraint webhook_endpoints_slack_sealed check (kind <> 'slack' or sealed_url is not null)`.execute(db);
  await sql`grant select (kind) on webhook_endpoints to whs_app`.execute(db);
  await sql`alter table webhook_deliveries add column answered_word text`.execute(db);
  await sql`
    alter table webhook_deliveries
      add constraint webhook_deliveries_answered_word check (length(answered_word) <= 60)`.execute(db);
}
