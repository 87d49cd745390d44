// What the page of sign-in methods does with its forms.
import { redirect } from "@remix-run/node";
import type { FormFields } from "~/app/form-of";
import { paths } from "~/app/paths";
import { type FormProblem, submit } from "~/app/rpc";
import type { RecoveryCodes, SecondFactorOffer } from "~/server/accounts/second-factors.contract";
import type { Caller } from "~/server/router";

type Place = Parameters<typeof submit>[0];

export type SignInAnswer = {
  intent: string;
  problem: FormProblem | null;
  /** The key that waits for its first code. */
  offer?: SecondFactorOffer | undefined;
  /** Shown this once. */
  recoveryCodes?: string[] | undefined;
};

type Gained = Partial<Pick<SignInAnswer, "offer" | "recoveryCodes">>;

/** Null for a form that is not of this page. */
export async function changeSignIn(place: Place, api: Caller, form: FormFields): Promise<SignInAnswer | null> {
  const intent = form.text("intent").split(" ")[0] ?? "";
  const act = actsOf(api, form)[intent];
  if (!act) return null;
  const gained: Gained = {};
  const problem = await submit(place, async () => void Object.assign(gained, await act()));
  // A new password brings a new session: the page is asked for again with it.
  if (!problem && intent.endsWith("Password")) throw redirect(`${paths.accountSignIn()}?done=password`);
  const offer = problem && intent === "turnOn" ? offerOf(form.text("offer")) : gained.offer;
  return { intent, problem, offer, recoveryCodes: gained.recoveryCodes };
}

function actsOf({ accounts, passkeys, secondFactors }: Caller, form: FormFields): Record<string, () => Promise<Gained>> {
  const newPassword = form.text("newPassword");
  const nothing = () => ({});
  const codes = ({ recoveryCodes }: RecoveryCodes) => ({ recoveryCodes });
  return {
    changePassword: () => accounts.changePassword({ currentPassword: form.text("currentPassword"), newPassword }).then(nothing),
    setPassword: () => accounts.setPassword({ newPassword }).then(nothing),
    begin: () => secondFactors.begin().then((offer) => ({ offer })),
    turnOn: () => secondFactors.turnOn({ code: form.text("code") }).then(codes),
    turnOff: () => secondFactors.turnOff().then(nothing),
    renewCodes: () => secondFactors.renewCodes().then(codes),
    removePasskey: () => passkeys.remove({ passkeyId: form.text("passkeyId") }).then(nothing),
  };
}

/** The page's own key, sent along so that a mistyped code does not cost it. */
function offerOf(text: string): SecondFactorOffer | undefined {
  try {
    const offer: SecondFactorOffer = JSON.parse(text);
    return offer.uri.startsWith("otpauth://") ? offer : undefined;
  } catch {
    return undefined;
  }
}
