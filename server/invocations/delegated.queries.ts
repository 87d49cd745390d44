// For whom a delegated call is made: by our own id, or by what the person is called where they sign in.
import type { Db } from "~/db/client";

export type PersonName = { userId: string } | { provider: string; subject: string };

export function findDelegatedPersonAcrossWorkspaces(db: Db, name: PersonName) {
  const people = db
    .selectFrom("users")
    .select(["users.id", "users.email", "users.displayName", "users.emailVerifiedAt", "users.disabledAt"]);
  if ("userId" in name) return people.where("users.id", "=", name.userId).executeTakeFirst();
  return people
    .where(({ eb, selectFrom }) =>
      eb(
        "users.id",
        "in",
        selectFrom("externalIdentities")
          .select("userId")
          .where("provider", "=", name.provider)
          .where("subject", "=", name.subject),
      ),
    )
    .executeTakeFirst();
}
