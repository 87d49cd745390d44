// A sign-up waits as a wish like any other letter: whether the address has an account is found out out of sight (MISSION B3).
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table letter_wishes
      drop constraint letter_wishes_kind_check,
      add constraint letter_wishes_kind_check check (kind in ('reset_password', 'verify_email', 'sign_up')),
      add column display_name text check (length(display_name) <= 100),
      add column password_hash text,
      add check ((kind = 'sign_up') = (display_name is not null and password_hash is not null))`.execute(db);
}
