// Ways in that others vouch for, at the door. Plain links: they work before the page is alive, and lead away from here.
import { paths } from "~/app/paths";
import { buttonClass } from "~/app/ui/button";
import { classNames } from "~/app/ui/class-names";
import type { OfferedProviderItem } from "~/server/accounts/sign-in-methods.contract";
import { OrLine } from "./or-line";
import { ProviderMark } from "./provider-mark";

type Props = { offered: OfferedProviderItem[]; to: string; verb: "Sign in" | "Sign up" };

/** At the sign-in they follow another button, at the sign-up the form itself. */
export function ProviderButtons({ offered, to, verb }: Props) {
  if (offered.length === 0) return null;
  return (
    <>
      {verb === "Sign up" ? <OrLine /> : null}
      <ul className="mt-3 grid gap-3">
        {offered.map(({ key, name }) => (
          <li key={key}>
            <a href={paths.providerSignIn(key, to)} className={classNames(buttonClass(), "w-full")}>
              <ProviderMark provider={key} />
              <span className="truncate">
                {verb} with {name}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
