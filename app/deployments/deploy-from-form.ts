// Sets the secrets that came with a form, then asks for the deployment: the last step of both ways to deploy.
import type { FormFields } from "~/app/form-of";
import { type FormProblem, submit } from "~/app/rpc";
import { secretFieldOf, secretsOfForm } from "~/app/secrets/secrets-of-form";
import type { Caller } from "~/server/router";

type Place = Parameters<typeof submit>[0];
type Wish = { agentId: string; uploadId: string; activate: boolean; form: FormFields };

export async function deployFromForm(place: Place, api: Caller, wish: Wish): Promise<FormProblem | { deploymentId: string }> {
  const { agentId, uploadId, activate, form } = wish;
  for (const { name, value } of secretsOfForm(form)) {
    const problem = await submit(place, () => api.secrets.set({ agentId, name, value }));
    if (problem) return { ...problem, fields: { [secretFieldOf(name)]: problem.message } };
  }
  let deploymentId = "";
  const problem = await submit(place, async () => {
    deploymentId = (await api.deployments.create({ agentId, uploadId, activate })).deploymentId;
  });
  return problem ?? { deploymentId };
}
