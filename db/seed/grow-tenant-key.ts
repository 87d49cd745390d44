// What belongs to the workspace's revoked key: the agent it was limited to, what it did, the calls of one month, and how they were signed.
import { ulid } from "ulid";
import type { Tx } from "../transaction";
import type { Tenant } from "./world";

export async function growTenantKey(tx: Tx, { workspaceId, agentId }: Pick<Tenant, "workspaceId" | "agentId">): Promise<void> {
  const key = await tx
    .selectFrom("apiKeys")
    .select(["id", "createdBy"])
    .where("workspaceId", "=", workspaceId)
    .executeTakeFirstOrThrow();
  const ofKey = { workspaceId, keyId: key.id };
  const now = new Date();
  await tx.updateTable("apiKeys").set({ isLimitedToAgents: true, lastUsedAt: now }).where("id", "=", key.id).execute();
  await tx
    .insertInto("apiKeyAgents")
    .values({ ...ofKey, agentId })
    .execute();
  await tx
    .insertInto("apiKeyUses")
    .values({ ...ofKey, action: "agent.read", lastUsedAt: now })
    .execute();
  await tx
    .insertInto("apiKeyMonths")
    .values({ ...ofKey, month: now.toISOString().slice(0, 7), calls: 12 })
    .execute();
  const secret = { id: `sgs_${ulid()}`, hint: "whs_sign_see", createdBy: key.createdBy, createdAt: now, lastUsedAt: now };
  // Sealed by nobody: it opens nothing.
  await tx
    .insertInto("signingSecrets")
    .values({ ...ofKey, ...secret, sealedSecret: Buffer.alloc(64) })
    .execute();
  await tx
    .insertInto("requestNonces")
    .values({ ...ofKey, nonceHash: "0".repeat(64), expiresAt: now })
    .execute();
}
