// When a person last proved who they are: dangerous acts ask for a fresh proof (MISSION B7).
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table user_sessions add column proven_at timestamptz`.execute(db);
  await sql`update user_sessions set proven_at = created_at`.execute(db);
  await sql`alter table user_sessions alter column proven_at set not null`.execute(db);
}
