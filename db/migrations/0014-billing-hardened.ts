// What billing learned to remember: when Stripe was asked, when to try again, which trial's end was told of (MISSION H2, J2).
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table billing_accounts
      add column trial_ends_at timestamptz,
      add column trial_told_for timestamptz,
      add column asked_at timestamptz`.execute(db);
  await sql`
    create index billing_accounts_trial on billing_accounts (trial_ends_at)
      where trial_ends_at is not null and trial_told_for is distinct from trial_ends_at`.execute(db);
  await sql`alter table billing_events add column next_attempt_at timestamptz`.execute(db);
  await sql`create index billing_events_of_customer on billing_events (customer_id) where status = 'pending'`.execute(db);
  // Drawn before a charge is asked about, so that of two answers the later question's stays.
  await sql`create sequence billing_questions`.execute(db);
  await sql`grant usage on sequence billing_questions to whs_across`.execute(db);
  await sql`alter table billing_records add column asked_no bigint not null default 0`.execute(db);
  // The sweep of logs looks for the oldest.
  await sql`create index deployment_logs_age on deployment_logs (created_at)`.execute(db);
}
