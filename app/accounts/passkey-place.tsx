// Whether this browser can use this site's passkeys where it is now, and what to do when it cannot.
import { useEffect, useState } from "react";
import { Notice } from "~/app/ui/notice";

/** `unknown` until the page is alive: without scripts there are no passkeys. */
export type PasskeyReach = "unknown" | "here" | "elsewhere" | "never";

export function usePasskeyReach(origin: string): PasskeyReach {
  const [reach, setReach] = useState<PasskeyReach>("unknown");
  useEffect(() => {
    if (window.location.origin !== origin) setReach("elsewhere");
    else setReach(typeof window.PublicKeyCredential === "function" ? "here" : "never");
  }, [origin]);
  return reach;
}

/** `path` is the page to open at the address where passkeys work. */
export function PasskeyPlaceNotice({ reach, origin, path }: { reach: PasskeyReach; origin: string; path: string }) {
  if (reach === "never") return <Notice>This browser knows no passkeys. Use a newer one, or another device.</Notice>;
  if (reach !== "elsewhere") return null;
  return (
    <Notice tone="warning" title="Passkeys work at another address">
      Browsers keep passkeys for a name, not for a bare address. Open{" "}
      <a href={`${origin}${path}`} className="break-all font-medium underline underline-offset-4">
        {origin}
      </a>{" "}
      and sign in there.
    </Notice>
  );
}
