// Indexes for looking back: the failed calls of a workspace, and the calls of one session.
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index invocations_failed on invocations (workspace_id, id desc) where outcome = 'error'`.execute(db);
  await sql`create index invocations_session on invocations (session_id) where session_id is not null`.execute(db);
}
