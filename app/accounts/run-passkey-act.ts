// One act with a passkey, from the platform's question over the browser's answer to the platform's word on it.
import { startAuthentication, startRegistration, WebAuthnError } from "@simplewebauthn/browser";
import { accountApi, failureOf } from "./account-api";
import type { PasskeyAct } from "./use-passkey";

export type PasskeyOutcome =
  | { kind: "done" }
  /** The person closed the browser's window; nothing has to be said. */
  | { kind: "left" }
  /** The platform wants a fresh proof first. */
  | { kind: "prove" }
  | { kind: "failed"; message: string };

export async function runPasskeyAct(act: PasskeyAct, name: string): Promise<PasskeyOutcome> {
  try {
    await acts[act](name);
    return { kind: "done" };
  } catch (thrown) {
    if (thrown instanceof WebAuthnError || thrown instanceof DOMException) return browserRefused(thrown);
    const { message, reason } = failureOf(thrown);
    return reason === "step_up_required" ? { kind: "prove" } : { kind: "failed", message };
  }
}

const acts: Record<PasskeyAct, (name: string) => Promise<unknown>> = {
  async add(name) {
    const api = accountApi();
    const optionsJSON = await api.passkeys.begin.mutate();
    const answer = await startRegistration({ optionsJSON });
    return api.passkeys.register.mutate({ name, answer });
  },
  async sign_in() {
    const api = accountApi();
    const optionsJSON = await api.passkeys.beginSignIn.mutate();
    return api.passkeys.signIn.mutate({ answer: await startAuthentication({ optionsJSON }) });
  },
  async confirm() {
    const api = accountApi();
    const optionsJSON = await api.stepUp.beginPasskey.mutate();
    return api.stepUp.byPasskey.mutate({ answer: await startAuthentication({ optionsJSON }) });
  },
};

function browserRefused(thrown: Error): PasskeyOutcome {
  if (thrown.name === "NotAllowedError" || thrown.name === "AbortError") return { kind: "left" };
  if (thrown.name === "InvalidStateError") {
    return { kind: "failed", message: "This device holds a passkey of your account already." };
  }
  return { kind: "failed", message: "This browser could not use a passkey here. Try another browser or device." };
}
