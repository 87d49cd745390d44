// Signs in, or confirms, with a passkey of this browser; at an address where none works, leads to the one where they do.
import { KeyRound } from "lucide-react";
import { paths } from "~/app/paths";
import { Button, buttonClass } from "~/app/ui/button";
import { Notice } from "~/app/ui/notice";
import { usePasskeyReach } from "./passkey-place";
import { usePasskey } from "./use-passkey";

type Props = { act: "sign_in" | "confirm"; origin: string; to: string };

const words = {
  sign_in: { label: "Sign in with a passkey", page: paths.signIn },
  confirm: { label: "Confirm with a passkey", page: paths.confirm },
};

/** A whole page load follows, because the cookies are new. */
export function PasskeyButton({ act, origin, to }: Props) {
  const reach = usePasskeyReach(origin);
  const passkey = usePasskey(act, { onDone: () => window.location.assign(to) });
  const { label, page } = words[act];
  if (reach === "elsewhere") {
    return (
      <a href={`${origin}${page(to)}`} className={`${buttonClass()} w-full`}>
        <KeyRound aria-hidden="true" />
        Use a passkey at {new URL(origin).host}
      </a>
    );
  }
  return (
    <div className="grid gap-3">
      <Button
        type="button"
        className="w-full"
        onClick={() => void passkey.run()}
        isBusy={passkey.isBusy}
        disabled={reach !== "here"}
        title={reach === "never" ? "This browser knows no passkeys." : undefined}
      >
        {passkey.isBusy ? null : <KeyRound aria-hidden="true" />}
        {label}
      </Button>
      {passkey.problem ? <Notice tone="problem" title={passkey.problem} /> : null}
    </div>
  );
}
