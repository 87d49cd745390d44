// Tells the operators, once a day and workspace, when somebody spends far more than usual: a stolen key, a loop, or abuse.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit, recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { Services } from "~/server/services";
import { listOperatorsAcrossWorkspaces } from "./accounts.queries";
import { spendLetter } from "./billing-letters";
import { insertSpendAlertIfNoneAcrossWorkspaces, listUnusualSpendAcrossWorkspaces, type UnusualSpendRow } from "./spend.queries";

type Needs = Pick<Services, "across" | "clock" | "config" | "log" | "mailer">;

const dayMs = 86_400_000;
/** Compared with the average of the days before. */
const usualDays = 7;
const timesUsual = 5;
/** Less than this in a day alarms nobody. */
const leastUsd = 20;
const alertsMax = 50;
const operatorsMax = 20;

/** Safe to run at any time, also twice at once. */
export async function sweepSpend(needs: Needs): Promise<void> {
  const now = needs.clock.now();
  const day = new Date(Math.floor(now.getTime() / dayMs) * dayMs);
  const from = new Date(day.getTime() - usualDays * dayMs);
  const limits = { from, day, usualDays, timesUsual, leastUsd, limit: alertsMax };
  for (const spend of await listUnusualSpendAcrossWorkspaces(needs.across, limits)) await raise(needs, spend, day);
}

async function raise(needs: Needs, spend: UnusualSpendRow, day: Date): Promise<void> {
  const { workspaceId, spentUsd, usualUsd } = spend;
  await inTransaction(needs.across, async (tx) => {
    const alert = { workspaceId, day: day.toISOString().slice(0, 10), spentUsd, usualUsd, createdAt: needs.clock.now() };
    if (!(await insertSpendAlertIfNoneAcrossWorkspaces(tx, alert))) return;
    const act = {
      actorKind: "system",
      action: "billing.unusual_spend",
      targetKind: "workspace",
      targetId: workspaceId,
      metadata: { spentUsd, usualUsd, day: alert.day },
    } as const;
    await recordWorkspaceAudit(tx, workspaceId, act);
    await recordPlatformAudit(tx, act);
    for (const operator of await listOperatorsAcrossWorkspaces(tx, operatorsMax)) {
      await needs.mailer.send(tx, spendLetter(needs.config.publicUrl, operator, spend));
    }
    needs.log.warn({ workspaceId, spentUsd, usualUsd }, "a workspace spends far more than usual");
  });
}
