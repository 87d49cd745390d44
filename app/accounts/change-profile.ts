// What the profile page does with its forms.
import type { FormFields } from "~/app/form-of";
import { type FormProblem, submit } from "~/app/rpc";
import type { Caller } from "~/server/router";

type Place = Parameters<typeof submit>[0];

export type ProfileAnswer = { intent: string; problem: FormProblem | null; email: string };

export async function changeProfile(place: Place, api: Caller, form: FormFields): Promise<ProfileAnswer> {
  const intent = form.text("intent");
  const email = form.text("email");
  const acts: Record<string, () => Promise<unknown>> = {
    name: () => api.accounts.updateProfile({ displayName: form.text("displayName") }),
    requestEmail: () => api.emailChanges.request({ email }),
    cancelEmail: () => api.emailChanges.cancel(),
  };
  return { intent, problem: await submit(place, async () => acts[intent]?.()), email };
}
