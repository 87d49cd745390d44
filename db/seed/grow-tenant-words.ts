// What an agent printed, that it keeps conversations, and one turn of one; the seal of a seed does not open.
import { sql } from "kysely";
import { ulid } from "ulid";
import type { Tx } from "../transaction";
import type { Tenant } from "./world";

const dayMs = 86_400_000;
const keepDays = 30;

export async function growTenantWords(tx: Tx, tenant: Tenant): Promise<void> {
  const { userId, workspaceId, agentId, deploymentId } = tenant;
  const at = new Date();
  const principal = `user:${userId}`;
  await growLines(tx, tenant);
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

/** A line that the agent printed, the day it counts in, and the host it came from. */
async function growLines(tx: Tx, { workspaceId, agentId, deploymentId }: Tenant): Promise<void> {
  const at = new Date();
  const day = at.toISOString().slice(0, 10);
  const place = { workspaceId, agentId, deploymentId };
  await sql`select ensure_log_partition('d30', ${day}::date)`.execute(tx);
  const nobody = { isCut: false, traceId: null, sessionId: null };
  await tx
    .insertInto("agentLogLines")
    .values({ ...place, ...nobody, retentionClass: "d30", at, stream: "stdout", line: "Ready to help." })
    .execute();
  const counts = { lines: 1, bytes: 14, leftOut: 0, minute: at, minuteLines: 1, minuteBytes: 14, untold: 0 };
  await tx
    .insertInto("agentLogDays")
    .values({ ...place, day, ...counts })
    .execute();
  await tx
    .insertInto("agentLogSources")
    .values({ ...place, source: "seed", lastSeq: 1, seenAt: at, readTo: null })
    .execute();
}
