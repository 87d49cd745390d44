// What the account page does with its forms.
import { redirect } from "@remix-run/node";
import type { FormFields } from "~/app/form-of";
import { paths } from "~/app/paths";
import { type FormProblem, submit } from "~/app/rpc";
import type { Caller } from "~/server/router";

type Place = Parameters<typeof submit>[0];

export async function changeAccount(place: Place, { accounts }: Caller, form: FormFields) {
  const intent = form.text("intent").split(" ")[0] ?? "";
  const [currentPassword, newPassword] = [form.text("currentPassword"), form.text("newPassword")];
  const acts: Record<string, () => Promise<unknown>> = {
    password: () => accounts.changePassword({ currentPassword, newPassword }),
    revoke: () => accounts.revokeSession({ sessionId: form.text("sessionId") }),
    revokeAll: () => accounts.revokeAllSessions(),
  };
  const problem: FormProblem | null = await submit(place, async () => acts[intent]?.());
  // Whoever changed the password got a fresh session, whoever left everywhere signs in again.
  if (!problem && intent === "password") throw redirect(`${paths.account()}?done=password`);
  return { intent, problem };
}
