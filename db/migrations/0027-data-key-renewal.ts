// A data key of its own can be replaced: the former one stays beside it, sealed under the new one, until nothing needs it (MISSION F4).
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table data_keys
      add column generation integer not null default 1 check (generation >= 1),
      add column former_key bytea,
      add column renewed_at timestamptz,
      add column values_resealed integer not null default 0 check (values_resealed >= 0),
      add column values_stuck integer not null default 0 check (values_stuck >= 0),
      add column passed_at timestamptz,
      add check (former_key is null or renewed_at is not null)`.execute(db);
  await sql`create index data_keys_in_renewal on data_keys (owner_id) where former_key is not null`.execute(db);
}
