// What the page of signing secrets does with its forms.
import type { FormFields } from "~/app/form-of";
import { submit } from "~/app/rpc";
import type { CreatedSigningSecret } from "~/server/api-keys/signing.contract";
import type { Caller } from "~/server/router";

/** `created` goes to the page that made it and nowhere else. */
export async function changeSigning(place: Parameters<typeof submit>[0], api: Caller, keyId: string, form: FormFields) {
  const intent = form.text("intent").split(" ")[0] ?? "";
  let created: CreatedSigningSecret | null = null;
  const problem = await submit(place, async () => {
    if (intent === "remove") await api.signingSecrets.remove({ keyId, secretId: form.text("signingSecretId") });
    else created = await api.signingSecrets.create({ keyId });
  });
  return { problem, created: created as CreatedSigningSecret | null };
}
