// Looks whether anything has to be told: error rates, failed versions, runtimes (MISSION G7).
import type { Services } from "~/server/services";
import type { AlertNeeds } from "./raise-alert";
import { sweepErrorRates } from "./sweep-error-rates";
import { sweepFailedDeployments } from "./sweep-failed-deployments";
import { sweepRuntimeAlerts } from "./sweep-runtime-alerts";

/** Safe to run at any time, also twice at once. */
export async function sweepAlerts(needs: AlertNeeds & Pick<Services, "providers">): Promise<void> {
  await sweepErrorRates(needs);
  await sweepFailedDeployments(needs);
  await sweepRuntimeAlerts(needs);
}
