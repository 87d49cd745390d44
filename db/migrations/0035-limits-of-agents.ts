// How often an agent may be called and how many calls of it may run at once: set by its people, beneath what the plan lets.
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table agents
    add column calls_per_minute_max integer check (calls_per_minute_max between 1 and 600000),
    add column concurrency_max integer check (concurrency_max between 1 and 10000)`.execute(db);
}
