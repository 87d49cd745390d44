// What the keys page does with its forms.
import type { FormFields } from "~/app/form-of";
import { submit } from "~/app/rpc";
import type { ApiKeyItem, CreatedApiKey } from "~/server/api-keys/api-keys.contract";
import type { overlapHours } from "~/server/api-keys/overlap.contract";
import type { Caller } from "~/server/router";

type Place = Parameters<typeof submit>[0];
type Preset = ApiKeyItem["preset"];

/** `created` goes to the page that made it and nowhere else. */
export async function changeKeys(place: Place, api: Caller, form: FormFields) {
  const intent = form.text("intent").split(" ")[0] ?? "";
  const keyId = form.text("keyId");
  let created: CreatedApiKey | null = null;
  const problem = await submit(place, async () => {
    if (intent === "revoke") await api.apiKeys.revoke({ keyId });
    else if (intent === "end_overlap") await api.apiKeys.endOverlap({ keyId });
    else if (intent === "narrow") await api.apiKeys.narrow({ keyId, preset: form.text("preset") as Preset });
    else created = await api.apiKeys.create(wishOf(form));
  });
  return { intent, name: form.text("name"), problem, created: created as CreatedApiKey | null };
}

export async function rerollKey(place: Place, api: Caller, keyId: string, form: FormFields) {
  let created: CreatedApiKey | null = null;
  const hours = Number(form.text("overlapHours")) as (typeof overlapHours)[number];
  const problem = await submit(place, async () => {
    created = await api.apiKeys.reroll({ keyId, overlapHours: hours });
  });
  return { problem, created: created as CreatedApiKey | null };
}

/** The contract judges the words; a form can hold any. */
function wishOf(form: FormFields) {
  const agentIds = form.entries().flatMap(([name, value]) => (name === "agentIds" ? [value] : []));
  return {
    name: form.text("name"),
    preset: form.text("preset") as Preset,
    expiresInDays: numberOf(form.text("expiresInDays")),
    agentIds: form.text("reach") === "some" ? agentIds : null,
    callsPerMinuteMax: numberOf(form.text("callsPerMinuteMax")),
    callsPerMonthMax: numberOf(form.text("callsPerMonthMax")),
  };
}

function numberOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
