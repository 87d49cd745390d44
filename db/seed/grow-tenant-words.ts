// An agent that keeps conversations, and one turn of one; the seal of a seed does not open.
import { ulid } from "ulid";
import type { Tx } from "../transaction";
import type { Tenant } from "./world";

const dayMs = 86_400_000;
const keepDays = 30;

export async function growTenantWords(tx: Tx, { userId, workspaceId, agentId, deploymentId }: Tenant): Promise<void> {
  const at = new Date();
  const principal = `user:${userId}`;
  await tx
    .insertInto("conversationSettings")
    .values({ agentId, workspaceId, keepDays, keptSince: at, setBy: principal })
    .execute();
  await tx
    .insertInto("conversationTurns")
    .values({
      id: `trn_${ulid()}`,
      workspaceId,
      agentId,
      sessionId: `ses_${ulid()}`,
      deploymentId,
      traceId: `trc_${ulid()}`,
      principal,
      outcome: "ok",
      sealedTurn: Buffer.from("sealed under a key that no seed has"),
      isCut: false,
      startedAt: at,
      expiresAt: new Date(at.getTime() + keepDays * dayMs),
    })
    .execute();
}
