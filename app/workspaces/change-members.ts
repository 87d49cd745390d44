// What the members page does with its forms.
import type { FormFields } from "~/app/form-of";
import { submit } from "~/app/rpc";
import type { Caller } from "~/server/router";
import type { InvitationItem } from "~/server/workspaces/invitations.contract";

type Place = Parameters<typeof submit>[0];

const done: Record<string, string> = {
  invite: "The invitation is on its way.",
  resend: "A new letter is on its way. The link in the one before does not work any more.",
  revoke: "The invitation was taken back. The link in its letter opens nothing any more.",
};

export async function changeMembers(place: Place, { invitations }: Caller, form: FormFields) {
  const intent = form.text("intent").split(" ")[0] ?? "";
  const invitationId = form.text("invitationId");
  // The contract judges the word; a form can hold any.
  const typed = { email: form.text("email"), role: form.text("role") as InvitationItem["role"] };
  const acts: Record<string, () => Promise<unknown>> = {
    invite: () => invitations.create(typed),
    resend: () => invitations.resend({ invitationId }),
    revoke: () => invitations.revoke({ invitationId }),
  };
  const problem = await submit(place, async () => acts[intent]?.());
  return { intent, problem, typed, done: problem ? null : (done[intent] ?? null), at: Date.now() };
}
