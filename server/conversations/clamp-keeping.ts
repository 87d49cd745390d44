// Agents that keep conversations for longer than their workspace's plan does any more are brought down to what it keeps (MISSION H3, J2).
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import { type KeepingRow, listKeepingAcrossWorkspaces, setKeepingShorterIfLongerAcrossWorkspaces } from "./clamping.queries";

type Needs = Pick<Services, "across" | "clock" | "log">;

const pageRows = 500;
/** So that one run ends; the next one begins anew. */
const pagesMax = 1_000;

/** Answers how many were. What is kept already goes as much sooner. Safe to run at any time, also twice at once. */
export async function clampKeeping(needs: Needs, options: { pageRows?: number } = {}): Promise<number> {
  const limit = options.pageRows ?? pageRows;
  let [clamped, after] = [0, ""];
  for (let page = 0; page < pagesMax; page += 1) {
    const rows = await listKeepingAcrossWorkspaces(needs.across, { after, limit });
    for (const row of rows) if (await clamp(needs, row)) clamped += 1;
    after = rows.at(-1)?.agentId ?? "";
    if (rows.length < limit) break;
  }
  if (clamped > 0) needs.log.info({ clamped }, "agents keep conversations for no longer than their plan does");
  return clamped;
}

function clamp(needs: Needs, { workspaceId, agentId, keepDays: daysBefore }: KeepingRow): Promise<boolean> {
  return inTransaction(needs.across, async (tx) => {
    const current = await readPlan(tx, workspaceId, needs.clock.now());
    const days = current?.plan.logRetentionDays ?? daysBefore;
    if (days >= daysBefore) return false;
    if (!(await setKeepingShorterIfLongerAcrossWorkspaces(tx, { workspaceId, agentId, days }))) return false;
    await recordWorkspaceAudit(tx, workspaceId, {
      actorKind: "system",
      action: "conversation.keep",
      targetKind: "agent",
      targetId: agentId,
      metadata: { days, daysBefore, reason: "plan" },
    });
    return true;
  });
}
