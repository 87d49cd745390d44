// Calls of which nobody has said yet what they used: charged with what they held until their runtime reports (MISSION E3).
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table invocations add column tokens_are_assumed boolean not null default false`.execute(db);
  await sql`create index invocations_assumed on invocations (started_at) where tokens_are_assumed`.execute(db);
}
