// What the operator's plan page does with its forms: gives a plan, or changes the limits that it shows.
import type { FormFields } from "~/app/form-of";
import { submit } from "~/app/rpc";
import type { AssignTierInput, OverridePlanInput } from "~/server/billing/billing.contract";
import type { Caller } from "~/server/router";
import { changeableLimits } from "./changeable-limits";

type Place = Parameters<typeof submit>[0];

export async function setPlan(place: Place, api: Caller, { workspaceId, form }: { workspaceId: string; form: FormFields }) {
  const intent = form.text("intent");
  const reason = form.text("reason");
  const problem = await submit(place, async () => {
    // The contract judges the words; a form can hold any.
    if (intent === "assign")
      await api.billing.assign({ workspaceId, reason, tier: form.text("tier") as AssignTierInput["tier"] });
    else await api.billing.override({ workspaceId, reason, changes: await changesOf(api, workspaceId, form) });
  });
  return { intent, problem, reason };
}

/** An empty field takes its change back; what the page does not show stays as it is. */
async function changesOf(api: Caller, workspaceId: string, form: FormFields): Promise<OverridePlanInput["changes"]> {
  const changes = { ...(await api.billing.workspacePlan({ workspaceId })).changes };
  for (const { name } of changeableLimits) {
    delete changes[name];
    if (form.text(name) !== "") changes[name] = Number(form.text(name));
  }
  return Object.keys(changes).length > 0 ? (changes as OverridePlanInput["changes"]) : null;
}
