// Raises an alert for agents of which too many calls fail, and resolves it once that has been over for a while: no flapping.
import { calmMinutes, errorRateDefaults, errorRateWindowMinutes } from "./alert-words.contract";
import { type AlertNeeds, raiseAlert } from "./raise-alert";
import {
  listFailingAgentsAcrossWorkspaces,
  listStandingRatesAcrossWorkspaces,
  type Standing,
  setCalmSinceAcrossWorkspaces,
} from "./raising.queries";
import { resolveAlert } from "./resolve-alert";

const minuteMs = 60_000;
const raisedMax = 500;
const pageRows = 1_000;
/** So that one run ends; the next one begins anew. */
const pagesMax = 500;

/** Safe to run at any time, also twice at once. Answers how many were raised and how many resolved. */
export async function sweepErrorRates(
  needs: AlertNeeds,
  options: { pageRows?: number } = {},
): Promise<{ raised: number; resolved: number }> {
  const from = new Date(needs.clock.now().getTime() - errorRateWindowMinutes * minuteMs);
  const asked = { from, ...errorRateDefaults };
  let [raised, resolved] = [0, 0];
  const limit = options.pageRows ?? pageRows;
  let after = "";
  for (let page = 0; page < pagesMax; page += 1) {
    const standing = await listStandingRatesAcrossWorkspaces(needs.across, { ...asked, after, limit });
    for (const one of standing) if (await settle(needs, one)) resolved += 1;
    after = standing.at(-1)?.alertId ?? "";
    if (standing.length < limit) break;
  }
  for (const failing of await listFailingAgentsAcrossWorkspaces(needs.across, { ...asked, limit: raisedMax })) {
    const { calls, failedCalls } = failing;
    const facts = { calls, failedCalls, windowMinutes: errorRateWindowMinutes };
    if (await raiseAlert(needs, failing, { rule: "error_rate", facts })) raised += 1;
  }
  return { raised, resolved };
}

/** Between half of the threshold and all of it nothing changes. */
async function settle(needs: AlertNeeds, standing: Standing): Promise<boolean> {
  const { workspaceId, alertId, calmSince, calls, failedCalls, thresholdPercent } = standing;
  const now = needs.clock.now();
  if (standing.isGone) return resolveAlert(needs, standing, { rule: "error_rate", facts: { calls, failedCalls } });
  const isCalm = calls === 0 || failedCalls * 200 < calls * thresholdPercent;
  if (!isCalm) {
    if (calmSince !== null) await setCalmSinceAcrossWorkspaces(needs.across, { workspaceId, alertId, calmSince: null });
    return false;
  }
  if (calmSince === null) {
    await setCalmSinceAcrossWorkspaces(needs.across, { workspaceId, alertId, calmSince: now });
    return false;
  }
  if (now.getTime() - calmSince.getTime() < calmMinutes * minuteMs) return false;
  return resolveAlert(needs, standing, { rule: "error_rate", facts: { calls, failedCalls } });
}
