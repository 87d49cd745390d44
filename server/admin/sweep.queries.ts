// What the sweep of the switches looks for and notes.
import { sql } from "kysely";
import type { Db } from "~/db/client";

export function listLatelyDisabledAcrossWorkspaces(db: Db, since: Date, limit: number) {
  return db.selectFrom("workspaces").select("id").where("disabledAt", ">=", since).orderBy("disabledAt").limit(limit).execute();
}

/** Brings the note in line with the configured list; answers the people for whom it changed. */
export async function setConfiguredSuperAdminsAcrossWorkspaces(
  tx: Db,
  emails: string[],
): Promise<{ id: string; isConfiguredSuperAdmin: boolean }[]> {
  const { rows } = await sql<{ id: string; isConfiguredSuperAdmin: boolean }>`
    update users set is_configured_super_admin = not is_configured_super_admin
    where id in (
      select id from users where email = any(${emails}::text[]) and email_verified_at is not null and not is_configured_super_admin
      union all
      select id from users where is_configured_super_admin and (email_verified_at is null or not email = any(${emails}::text[]))
    )
    returning id, is_configured_super_admin as "isConfiguredSuperAdmin"`.execute(tx);
  return rows;
}
