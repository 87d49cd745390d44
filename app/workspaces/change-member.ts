// What the page of a member does with its forms.
import { redirect } from "@remix-run/node";
import type { FormFields } from "~/app/form-of";
import { paths } from "~/app/paths";
import { type FormProblem, submit } from "~/app/rpc";
import type { Caller } from "~/server/router";
import type { MemberItem, SetMemberGrantInput } from "~/server/workspaces/members.contract";

type Place = Parameters<typeof submit>[0];
type Wish = { api: Caller; at: { workspaceId: string; userId: string }; form: FormFields };

const done: Record<string, string> = {
  role: "The role is changed, as of now. A letter tells them.",
  grant: "Saved. It counts from their next act on.",
};

export async function changeMember(place: Place, { api: { members }, at, form }: Wish) {
  const intent = form.text("intent");
  const { userId } = at;
  const acts: Record<string, () => Promise<unknown>> = {
    // The contract judges the words; a form can hold any.
    role: () => members.setRole({ userId, role: form.text("role") as MemberItem["role"] }),
    grant: () => setGrants(members, userId, form),
    remove: () => members.remove({ userId }),
  };
  const problem: FormProblem | null = await submit(place, async () => acts[intent]?.());
  if (!problem && intent === "remove") throw redirect(`${paths.members(at.workspaceId)}?done=removed`);
  return { intent, problem, done: problem ? null : (done[intent] ?? null) };
}

/** Only what was changed is sent: every change is a line in the audit log. */
async function setGrants(members: Caller["members"], userId: string, form: FormFields): Promise<void> {
  for (const [name, value] of form.entries()) {
    const area = /^area (\w+)$/.exec(name)?.[1];
    if (area === undefined || value === form.text(`before ${area}`)) continue;
    await members.setGrant({ userId, area, setting: value } as SetMemberGrantInput);
  }
}
