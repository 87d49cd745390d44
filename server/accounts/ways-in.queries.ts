// The ways in that a person has left.
import type { Db } from "~/db/client";

/** Locks the person: of two ways in taken away at once, the later one sees the earlier one gone. */
export async function countWaysInAcrossWorkspaces(tx: Db, userId: string) {
  const user = await tx.selectFrom("users").select("passwordHash").where("id", "=", userId).forNoKeyUpdate().executeTakeFirst();
  const passkeys = await tx.selectFrom("userPasskeys").select("id").where("userId", "=", userId).limit(2).execute();
  const identities = await tx.selectFrom("externalIdentities").select("id").where("userId", "=", userId).limit(2).execute();
  return (user?.passwordHash ? 1 : 0) + passkeys.length + identities.length;
}
