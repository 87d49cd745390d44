// Tells operators, once when it begins and once when it is over, of a runtime that is down, or on which agents live though it is not offered.
import type { RuntimeAlertKind } from "~/db/tables/alerts";
import type { Runtime } from "~/db/tables/deployments";
import { inTransaction, type Tx } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { newId } from "~/server/ids";
import { listRuntimeChecksAcrossWorkspaces } from "~/server/runtimes/runtime-checks.queries";
import type { Services } from "~/server/services";
import { announceEvent } from "~/server/webhooks/announce-event";
import type { AlertNeeds } from "./raise-alert";
import {
  insertRuntimeAlertIfNoneAcrossWorkspaces,
  listOperatorsAcrossWorkspaces,
  listRuntimesInUseAcrossWorkspaces,
  listStandingRuntimeAlertsAcrossWorkspaces,
  listWorkspacesOnRuntimeAcrossWorkspaces,
  setRuntimeAlertResolvedIfStandingAcrossWorkspaces,
} from "./runtime-alerts.queries";
import { runtimeLetter } from "./runtime-letter";

type Needs = AlertNeeds & Pick<Services, "providers">;
type Told = { alertId: string; runtime: Runtime; kind: RuntimeAlertKind; isOver: boolean };

/** A runtime that answers again at the next check was no outage. */
const downForMs = 2 * 60_000;
const upForMs = 5 * 60_000;
const operatorsMax = 20;
const workspacesMax = 1_000;

/** Safe to run at any time, also twice at once. */
export async function sweepRuntimeAlerts(needs: Needs): Promise<{ raised: number; resolved: number }> {
  const troubles = await findTroubles(needs);
  const standing = await listStandingRuntimeAlertsAcrossWorkspaces(needs.across);
  let [raised, resolved] = [0, 0];
  for (const alert of standing) {
    if (troubles.get(alert.runtime) !== "none") continue;
    if (await tell(needs, { alertId: alert.id, runtime: alert.runtime, kind: alert.kind, isOver: true })) resolved += 1;
  }
  for (const [runtime, trouble] of troubles) {
    if ((trouble !== "down" && trouble !== "gone") || standing.some((alert) => alert.runtime === runtime)) continue;
    if (await tell(needs, { alertId: newId("alert"), runtime, kind: trouble, isOver: false })) raised += 1;
  }
  return { raised, resolved };
}

/** `unsure`: not long enough to say either. */
async function findTroubles(needs: Needs): Promise<Map<Runtime, RuntimeAlertKind | "none" | "unsure">> {
  const nowMs = needs.clock.now().getTime();
  const offered = new Set(needs.providers.list().map(({ runtime }) => runtime));
  const used = await listRuntimesInUseAcrossWorkspaces(needs.across);
  const checks = await listRuntimeChecksAcrossWorkspaces(needs.across);
  const troubles = new Map<Runtime, RuntimeAlertKind | "none" | "unsure">();
  for (const { runtime, status, since } of checks) {
    const sinceMs = nowMs - since.getTime();
    if (status === "down") troubles.set(runtime, sinceMs >= downForMs ? "down" : "unsure");
    else troubles.set(runtime, sinceMs >= upForMs ? "none" : "unsure");
    if (!offered.has(runtime)) troubles.set(runtime, "none");
  }
  for (const { runtime } of used) if (!offered.has(runtime)) troubles.set(runtime, "gone");
  return troubles;
}

function tell(needs: Needs, told: Told): Promise<boolean> {
  return inTransaction(needs.across, async (tx) => {
    if (!(await settle(needs, tx, told))) return false;
    const { runtime, kind, isOver } = told;
    const action = isOver ? "runtime.recover" : "runtime.trouble";
    await recordPlatformAudit(tx, { actorKind: "system", action, targetKind: "runtime", targetId: runtime, metadata: { kind } });
    const emails = needs.config.superAdminEmails.length > 0 ? needs.config.superAdminEmails : [""];
    for (const reader of await listOperatorsAcrossWorkspaces(tx, { emails, limit: operatorsMax })) {
      await needs.mailer.send(tx, runtimeLetter({ publicUrl: needs.config.publicUrl, reader, runtime, kind, isOver }));
    }
    const type = isOver ? "runtime.up" : "runtime.down";
    for (const { workspaceId } of await listWorkspacesOnRuntimeAcrossWorkspaces(tx, runtime, workspacesMax)) {
      await announceEvent(needs, tx, { workspaceId, type, facts: { runtime } });
    }
    return true;
  });
}

async function settle({ clock }: Needs, tx: Tx, { alertId, runtime, kind, isOver }: Told): Promise<boolean> {
  const at = clock.now();
  if (isOver) return setRuntimeAlertResolvedIfStandingAcrossWorkspaces(tx, alertId, at);
  return insertRuntimeAlertIfNoneAcrossWorkspaces(tx, { id: alertId, runtime, kind, raisedAt: at, resolvedAt: null });
}
