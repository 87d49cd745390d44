// What the "new agent" page does with its forms: take in a bundle, create empty, create and deploy.
import { redirect } from "@remix-run/node";
import { takeBundle } from "~/app/bundles/take-bundle";
import { deployFromForm } from "~/app/deployments/deploy-from-form";
import type { FormFields } from "~/app/form-of";
import { paths } from "~/app/paths";
import { formAgain, load, submit } from "~/app/rpc";
import { missingSecretsProblem, secretsOfForm } from "~/app/secrets/secrets-of-form";
import type { Caller } from "~/server/router";

type Place = Parameters<typeof submit>[0];
type Start = { api: Caller; workspaceId: string; form: FormFields };

export async function startAgent(place: Place, start: Start) {
  const { api, workspaceId, form } = start;
  const taken = await takeBundle(place, { api, form, next: (uploadId) => paths.agentNew(workspaceId, uploadId) });
  return taken ?? createAgent(place, start, form.text("intent") === "deploy");
}

async function createAgent(place: Place, { api, workspaceId, form }: Start, deploys: boolean) {
  const values = {
    intent: form.text("intent"),
    name: form.text("name"),
    description: form.text("description"),
    url: "",
    ref: "",
  };
  const uploadId = form.text("uploadId");
  if (deploys) {
    const upload = await load(place, () => api.uploads.get({ uploadId }));
    const wanted = { requiredKeys: upload.manifest.env.requiredKeys, given: secretsOfForm(form), known: [] };
    const missing = missingSecretsProblem({ ...wanted, traceId: place.context.traceId });
    if (missing) return formAgain(missing, values);
  }
  let agentId = "";
  const problem = await submit(place, async () => {
    agentId = (await api.agents.create({ name: values.name, description: values.description })).agentId;
  });
  if (problem) return formAgain(problem, values);
  const at = { workspaceId, agentId };
  if (!deploys) return redirect(paths.agent(at));
  const outcome = await deployFromForm(place, api, { agentId, uploadId, activate: true, form });
  // The agent exists by now: what is left to mend is asked on its own page.
  return redirect("deploymentId" in outcome ? paths.deployment(at, outcome.deploymentId) : paths.deploymentNew(at, uploadId));
}
