// Who is signed in, and the way out.
import { Link } from "@remix-run/react";
import { CircleUser, Inbox, LogOut, ShieldCheck } from "lucide-react";
import { CsrfForm } from "~/app/csrf-form";
import { paths } from "~/app/paths";
import { classNames } from "~/app/ui/class-names";
import { DisclosureMenu, menuItemClass } from "~/app/ui/disclosure-menu";
import type { Me } from "~/server/accounts/accounts.contract";

export function AccountMenu({ me, opensDown = false }: { me: Me; opensDown?: boolean }) {
  return (
    <div className={opensDown ? undefined : "min-w-0 flex-1"}>
      <DisclosureMenu
        label={`Account of ${me.displayName}`}
        triggerClass="flex h-9 min-w-0 items-center gap-2 rounded-md px-2 text-ink-2 text-sm hover:bg-hover hover:text-ink group-open:bg-hover"
        listClass={opensDown ? "top-10 right-0 w-60" : "bottom-10 left-0 w-60"}
        trigger={
          <>
            <CircleUser aria-hidden="true" className="size-4 shrink-0" />
            <span className={classNames("min-w-0 truncate", opensDown && "max-sm:sr-only")}>{me.displayName}</span>
          </>
        }
      >
        <p className="truncate px-2.5 pt-1.5 pb-2 text-ink-3 text-xs">{me.email}</p>
        <Link to={paths.account()} className={menuItemClass}>
          <CircleUser aria-hidden="true" />
          Account
        </Link>
        {me.isSuperAdmin ? (
          <>
            <Link to={paths.admin()} className={menuItemClass}>
              <ShieldCheck aria-hidden="true" />
              Platform
            </Link>
            <Link to={paths.outbox()} className={menuItemClass}>
              <Inbox aria-hidden="true" />
              Outbox
            </Link>
          </>
        ) : null}
        <CsrfForm action={paths.signOut()}>
          <button type="submit" className={menuItemClass}>
            <LogOut aria-hidden="true" />
            Sign out
          </button>
        </CsrfForm>
      </DisclosureMenu>
    </div>
  );
}
