// What the page that asks for a fresh proof does with its forms.
import type { FormFields } from "~/app/form-of";
import { type FormProblem, submit } from "~/app/rpc";
import type { Caller } from "~/server/router";

type Place = Parameters<typeof submit>[0];

export type ProofAnswer = { intent: string; problem: FormProblem | null };

export async function proveIt(place: Place, { stepUp }: Caller, form: FormFields): Promise<ProofAnswer> {
  const intent = form.text("intent");
  const code = form.text("code");
  const acts: Record<string, () => Promise<unknown>> = {
    password: () => stepUp.byPassword({ password: form.text("password") }),
    secondFactor: () => stepUp.bySecondFactor({ code }),
    sendCode: () => stepUp.sendCode(),
    mailedCode: () => stepUp.byMailedCode({ code }),
  };
  return { intent, problem: await submit(place, async () => acts[intent]?.()) };
}
