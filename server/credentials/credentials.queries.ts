// When credentials of the environment were seen and used.
import { type Insertable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { PlatformCredentialsTable } from "~/db/tables/platform-credentials";

type Seen = Pick<Insertable<PlatformCredentialsTable>, "name" | "fingerprint">;

/** Written down at first sight; later only that it is still there. */
export async function setCredentialsSeenAcrossWorkspaces(db: Db, credentials: readonly Seen[], at: Date): Promise<void> {
  await db
    .insertInto("platformCredentials")
    .values(credentials.map((credential) => ({ ...credential, addedAt: at, seenAt: at, lastUsedAt: null })))
    .onConflict((conflict) =>
      conflict
        .columns(["name", "fingerprint"])
        .doUpdateSet((to) => ({ seenAt: sql<Date>`greatest(platform_credentials.seen_at, ${to.ref("excluded.seenAt")})` })),
    )
    .execute();
}

export async function setCredentialUsedAcrossWorkspaces(db: Db, credential: Seen, at: Date): Promise<void> {
  await db
    .insertInto("platformCredentials")
    .values({ ...credential, addedAt: at, seenAt: at, lastUsedAt: at })
    .onConflict((conflict) =>
      conflict.columns(["name", "fingerprint"]).doUpdateSet((to) => ({
        seenAt: sql<Date>`greatest(platform_credentials.seen_at, ${to.ref("excluded.seenAt")})`,
        lastUsedAt: sql<Date>`greatest(platform_credentials.last_used_at, ${to.ref("excluded.lastUsedAt")})`,
      })),
    )
    .execute();
}

/** What was in use last comes first. */
export function listCredentialsAcrossWorkspaces(db: Db, limit: number) {
  return db.selectFrom("platformCredentials").selectAll().orderBy("seenAt", "desc").orderBy("name").limit(limit).execute();
}

/** Forgets what no configuration has held since `before`. */
export async function deleteCredentialsAcrossWorkspaces(db: Db, before: Date): Promise<void> {
  await db.deleteFrom("platformCredentials").where("seenAt", "<", before).execute();
}
