// What the keys page does with its forms.
import type { FormFields } from "~/app/form-of";
import { submit } from "~/app/rpc";
import type { ApiKeyItem } from "~/server/api-keys/api-keys.contract";
import type { Caller } from "~/server/router";

type Place = Parameters<typeof submit>[0];

/** `apiKey` goes to the page that made it and nowhere else. */
export async function makeOrRevokeKey(place: Place, api: Caller, form: FormFields) {
  const intent = form.text("intent").split(" ")[0] ?? "";
  const name = form.text("name");
  let apiKey: string | null = null;
  const problem = await submit(place, async () => {
    if (intent === "revoke") await api.apiKeys.revoke({ keyId: form.text("keyId") });
    else apiKey = (await api.apiKeys.create(wishOf(form))).apiKey;
  });
  return { intent, name, problem, apiKey };
}

function wishOf(form: FormFields) {
  const days = form.text("expiresInDays");
  // The contract judges the word; a form can hold any.
  const preset = form.text("preset") as ApiKeyItem["preset"];
  return { name: form.text("name"), preset, expiresInDays: days === "" ? null : Number(days) };
}
