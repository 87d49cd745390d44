// The acts of an agent's secrets page, by the intent of its form. What goes back to the browser never holds a value.
import type { FormFields } from "~/app/form-of";
import type { Caller } from "~/server/router";
import { secretsOfForm } from "./secrets-of-form";

/** What was done, in the words of the notice that tells of it. */
export async function changeSecrets(api: Caller["secrets"], agentId: string, form: FormFields): Promise<string> {
  const name = form.text("name");
  switch (form.text("intent")) {
    case "set": {
      const { version } = await api.set({ agentId, name, value: form.text("value"), expiresAt: dayOf(form) });
      return `${name} is set, as version ${version}.`;
    }
    case "setMany": {
      const { items } = await api.setMany({ agentId, secrets: secretsOfForm(form) });
      return items.length === 1 ? `${items[0]?.name} is set.` : `${items.length} secrets are set.`;
    }
    case "expiry": {
      const expiresAt = dayOf(form);
      await api.setExpiry({ agentId, name, expiresAt });
      return expiresAt ? `You will be reminded before ${name} expires.` : `${name} does not expire.`;
    }
    case "apply": {
      const { deployments } = await api.applyNow({ agentId });
      return deployments === 0 ? "Everything that runs has today's secrets." : "";
    }
    default:
      await api.unset({ agentId, name });
      return `${name} is unset; its value is destroyed.`;
  }
}

/** The beginning of the day in UTC; null for none. */
function dayOf(form: FormFields): string | null {
  const day = form.text("expiresOn");
  return day === "" ? null : `${day}T00:00:00Z`;
}
