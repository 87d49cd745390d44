// What the settings page of an agent does with its forms.
import { redirect } from "@remix-run/node";
import type { FormFields } from "~/app/form-of";
import { type AgentPlace, paths } from "~/app/paths";
import { type FormProblem, submit } from "~/app/rpc";
import type { Runtime } from "~/db/tables/deployments";
import type { Caller } from "~/server/router";

type Place = Parameters<typeof submit>[0];
type Wish = { api: Caller; at: AgentPlace; form: FormFields; agentName: string };

export async function changeAgent(place: Place, { api, at, form, agentName }: Wish) {
  const intent = form.text("intent");
  const { agentId } = at;
  const mistyped = intent === "delete" && form.text("confirmation").trim() !== agentName;
  if (mistyped) return { intent, problem: confirmationProblem(agentName, place.context.traceId) };
  const made: { clone?: { agentId: string; missingKeys: string[] } } = {};
  const acts: Record<string, () => Promise<unknown>> = {
    update: () => api.agents.update({ agentId, name: form.text("name"), description: form.text("description") }),
    prefer: () => api.agents.update({ agentId, preferredRuntime: (form.text("preferredRuntime") || null) as Runtime | null }),
    limit: () => api.agents.update({ agentId, ...limitsOf(form) }),
    disable: () => api.agents.disable({ agentId }),
    enable: () => api.agents.enable({ agentId }),
    keep: () => api.conversations.keep({ agentId, keepDays: Number(form.text("keepDays")) }),
    stopKeeping: () => api.conversations.stop({ agentId, deletesKept: form.text("deletesKept") === "on" }),
    deleteKept: () => api.conversations.delete({ agentId }),
    delete: () => api.agents.delete({ agentId }),
    clone: async () => {
      made.clone = await api.agents.clone({ agentId, name: form.text("name"), deploys: form.text("deploys") === "on" });
    },
  };
  const problem = await submit(place, async () => acts[intent]?.());
  if (!problem && intent === "delete") throw redirect(paths.agents(at.workspaceId));
  if (!problem && made.clone) throw redirect(pathOfClone({ ...at, agentId: made.clone.agentId }, made.clone.missingKeys));
  return { intent, problem };
}

/** An empty field takes its limit away. The contract judges the rest; a form can hold anything. */
function limitsOf(form: FormFields) {
  const limit = (name: string) => (form.text(name).trim() === "" ? null : Number(form.text(name)));
  return { callsPerMinuteMax: limit("callsPerMinuteMax"), concurrencyMax: limit("concurrencyMax") };
}

/** A clone whose bundle requires keys begins where they are set. */
function pathOfClone(at: AgentPlace, missingKeys: string[]): string {
  return missingKeys[0] === undefined ? paths.agent(at) : paths.secrets(at, missingKeys[0]);
}

function confirmationProblem(agentName: string, traceId: string): FormProblem {
  const message = `Type ${agentName} exactly to delete the agent.`;
  return { message, fields: { confirmation: message }, traceId };
}
