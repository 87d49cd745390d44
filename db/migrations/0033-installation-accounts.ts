// The accounts that an installation works with, as its database has known them since their first use.
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table installation
    add column accounts jsonb not null default '{}' check (jsonb_typeof(accounts) = 'object')`.execute(db);
}
