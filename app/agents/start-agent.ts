// What the "new agent" page does with its three forms: take an example, create empty, create and deploy.
import { redirect } from "@remix-run/node";
import { deployFromForm } from "~/app/deployments/deploy-from-form";
import type { FormFields } from "~/app/form-of";
import { paths } from "~/app/paths";
import { formAgain, load, submit } from "~/app/rpc";
import { missingSecretsProblem, secretsOfForm } from "~/app/secrets/secrets-of-form";
import type { Caller } from "~/server/router";

type Place = Parameters<typeof submit>[0];
type Start = { api: Caller; workspaceId: string; form: FormFields };

export async function startAgent(place: Place, start: Start) {
  const intent = start.form.text("intent");
  if (intent === "example") return takeExample(place, start);
  return createAgent(place, start, intent === "deploy");
}

async function takeExample(place: Place, { api, workspaceId, form }: Start) {
  const upload = await load(place, () => api.uploads.fromExample({ name: form.text("example") }));
  return redirect(paths.agentNew(workspaceId, upload.uploadId));
}

async function createAgent(place: Place, { api, workspaceId, form }: Start, deploys: boolean) {
  const values = { intent: form.text("intent"), name: form.text("name"), description: form.text("description") };
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
