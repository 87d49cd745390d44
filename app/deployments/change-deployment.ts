// The acts of a deployment's page, by the intent of its form.
import { data, redirect } from "@remix-run/node";
import type { FormFields } from "~/app/form-of";
import { type AgentPlace, paths } from "~/app/paths";
import { submit } from "~/app/rpc";
import type { TelemetryKeyState } from "~/server/deployments/telemetry-keys.contract";
import type { Caller } from "~/server/router";

type Asked = { api: Caller; at: AgentPlace; deploymentId: string; form: FormFields };

export async function changeDeployment(place: Parameters<typeof submit>[0], asked: Asked) {
  const intent = asked.form.text("intent");
  let target = asked.deploymentId;
  let rotated: TelemetryKeyState | null = null;
  const problem = await submit(place, async () => {
    if (intent === "rotate_telemetry_key") rotated = await rotateKey(asked);
    else target = await act(asked.api, intent, target);
  });
  if (problem) return data({ problem, intent, rotated: null }, { status: problem.retryAfterSeconds ? 429 : 400 });
  if (rotated !== null) return data({ problem: undefined, intent, rotated: rotated as TelemetryKeyState });
  return redirect(paths.deployment(asked.at, target));
}

/** The deployment to look at afterwards: a retry is a new one. */
async function act(api: Caller, intent: string, deploymentId: string): Promise<string> {
  if (intent === "cancel") await api.deployments.cancel({ deploymentId });
  else if (intent === "activate") await api.deployments.activate({ deploymentId });
  else if (intent === "retry") return (await api.deployments.retry({ deploymentId })).deploymentId;
  return deploymentId;
}

function rotateKey({ api, deploymentId, form }: Asked): Promise<TelemetryKeyState> {
  return api.telemetryKeys.rotate({ deploymentId, keepsOld: form.text("formerKey") !== "refuse" });
}
