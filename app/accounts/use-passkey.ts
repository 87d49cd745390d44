// Asks this browser for a passkey and tells how far it got. What it speaks with the platform is loaded at the first press.
import { useState } from "react";
import { paths } from "~/app/paths";

export type PasskeyAct = "add" | "sign_in" | "confirm";

type Progress = { isBusy: boolean; problem: string | null };

/** `onDone` runs after the platform has accepted the passkey. `returnTo` is where a fresh proof leads back to. */
export function usePasskey(act: PasskeyAct, options: { onDone: () => void; returnTo?: string }) {
  const [progress, setProgress] = useState<Progress>({ isBusy: false, problem: null });
  const run = async (name = "") => {
    setProgress({ isBusy: true, problem: null });
    const { runPasskeyAct } = await import("./run-passkey-act");
    const outcome = await runPasskeyAct(act, name);
    if (outcome.kind === "prove") return window.location.assign(paths.confirm(options.returnTo));
    setProgress({ isBusy: false, problem: outcome.kind === "failed" ? outcome.message : null });
    if (outcome.kind === "done") options.onDone();
  };
  return { ...progress, run };
}
