// The sealed values of a workspace, one page after the other, while they are sealed anew under another data key.
import type { Db } from "~/db/client";

export type SealedSecretKey = { agentId: string; name: string };

/** In the order of agent and name, behind `after`. */
export function listSealedSecretsAcrossWorkspaces(db: Db, asked: { workspaceId: string; after: SealedSecretKey; limit: number }) {
  return db
    .selectFrom("agentSecrets")
    .select(["agentId", "name", "version", "sealedValue"])
    .where("workspaceId", "=", asked.workspaceId)
    .where("sealedValue", "is not", null)
    .where(({ eb, or, and }) =>
      or([
        eb("agentId", ">", asked.after.agentId),
        and([eb("agentId", "=", asked.after.agentId), eb("name", ">", asked.after.name)]),
      ]),
    )
    .orderBy("agentId")
    .orderBy("name")
    .limit(asked.limit)
    .execute();
}

/** The same value in another envelope. False when it was set or unset meanwhile. */
export async function setResealedSecretIfSameAcrossWorkspaces(
  db: Db,
  secret: SealedSecretKey & { workspaceId: string; before: Buffer; sealedValue: Buffer },
): Promise<boolean> {
  const done = await db
    .updateTable("agentSecrets")
    .set({ sealedValue: secret.sealedValue })
    .where("workspaceId", "=", secret.workspaceId)
    .where("agentId", "=", secret.agentId)
    .where("name", "=", secret.name)
    .where("sealedValue", "=", secret.before)
    .returning("name")
    .executeTakeFirst();
  return done !== undefined;
}
