// Where a bundle was fetched from when nobody sent it: a public repository, a ref and the commit that GitHub packed (MISSION C7).
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table uploads
      add column github_owner text check (github_owner ~ '^[A-Za-z0-9][A-Za-z0-9-]{0,38}$'),
      add column github_repo text check (github_repo ~ '^[A-Za-z0-9._-]{1,100}$'),
      add column github_ref text check (github_ref ~ '^[A-Za-z0-9._/+@-]{1,200}$'),
      add column github_commit text check (github_commit ~ '^[0-9a-f]{40}$'),
      add check ((github_owner is null) = (github_repo is null) and (github_owner is null) = (github_ref is null)),
      add check (github_commit is null or github_owner is not null)`.execute(db);
}
