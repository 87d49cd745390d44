// Rotation of keys: which data key is wrapped by what, how far a re-wrapping is, when each credential of the platform was used (MISSION F4, F7).
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index data_keys_by_wrapping on data_keys (kek_id, owner_id)`.execute(db);
  await sql`
    create table key_rotations (
      id text primary key,
      kek_id text not null check (kek_id ~ '^kek_[0-9a-f]{16}$'),
      status text not null check (status in ('running', 'finished', 'superseded')),
      started_by text,
      keys_total integer not null check (keys_total >= 0),
      keys_rewrapped integer not null default 0 check (keys_rewrapped >= 0),
      keys_stuck integer not null default 0 check (keys_stuck >= 0),
      last_error text check (length(last_error) <= 500),
      started_at timestamptz not null,
      moved_at timestamptz not null,
      finished_at timestamptz,
      check ((status = 'running') = (finished_at is null))
    )`.execute(db);
  await sql`create unique index key_rotations_one_runs on key_rotations ((true)) where status = 'running'`.execute(db);
  await sql`create index key_rotations_newest on key_rotations (started_at desc)`.execute(db);
  await sql`
    create table platform_credentials (
      name text not null check (length(name) between 1 and 60),
      fingerprint text not null check (fingerprint ~ '^[0-9a-f]{16}$'),
      added_at timestamptz not null,
      seen_at timestamptz not null,
      last_used_at timestamptz,
      primary key (name, fingerprint),
      check (seen_at >= added_at)
    )`.execute(db);
  for (const table of ["key_rotations", "platform_credentials"]) {
    await sql`grant select, insert, update, delete on ${sql.table(table)} to whs_across`.execute(db);
  }
  // A deployment's telemetry key: since when the current generation counts, and until when the one before it does.
  await sql`
    alter table deployments
      add column telemetry_rotated_at timestamptz,
      add column telemetry_overlap_ends_at timestamptz`.execute(db);
}
