// What the settings page of a workspace does with its forms.
import { redirect } from "@remix-run/node";
import type { FormFields } from "~/app/form-of";
import { paths } from "~/app/paths";
import { type FormProblem, load, submit } from "~/app/rpc";
import type { Caller } from "~/server/router";

type Place = Parameters<typeof submit>[0];
type Wish = { api: Caller; workspaceId: string; form: FormFields };

export async function changeWorkspace(place: Place, { api, workspaceId, form }: Wish) {
  const intent = form.text("intent");
  const name = form.text("name");
  const acts: Record<string, () => Promise<unknown>> = {
    rename: () => api.workspaces.rename({ name }),
    transfer: () => api.members.transfer({ userId: form.text("userId") }),
    leave: () => api.members.leave(),
  };
  const mistyped = intent === "leave" || intent === "transfer" ? await confirmationProblem(place, api, form) : null;
  const problem = mistyped ?? (await submit(place, async () => acts[intent]?.()));
  if (!problem && intent === "leave") throw redirect(paths.home());
  if (!problem && intent === "transfer") throw redirect(`${paths.workspaceSettings(workspaceId)}?done=transferred`);
  return { intent, problem, name, done: !problem && intent === "rename" ? "Saved." : null };
}

/** What cannot be taken back by oneself asks for the workspace's name. */
async function confirmationProblem(place: Place, api: Caller, form: FormFields): Promise<FormProblem | null> {
  const { name } = await load(place, () => api.workspaces.current({}));
  if (form.text("confirmation").trim() === name) return null;
  const message = `Type ${name} exactly to go on.`;
  return { message, fields: { confirmation: message }, traceId: place.context.traceId };
}
