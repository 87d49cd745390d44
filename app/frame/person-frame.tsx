// The frame of pages that belong to a person and to no workspace: account, outbox, the operator's console.
import { Link } from "@remix-run/react";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { paths } from "~/app/paths";
import { buttonClass } from "~/app/ui/button";
import { classNames } from "~/app/ui/class-names";
import type { Me } from "~/server/accounts/accounts.contract";
import { AccountMenu } from "./account-menu";
import { ThemeChoice } from "./theme-choice";

/** `isWide` for pages of tables. */
export function PersonFrame({ me, children, isWide = false }: { me: Me; children: ReactNode; isWide?: boolean }) {
  return (
    <div className="min-h-dvh">
      <header className="sticky top-0 z-20 flex h-13 items-center justify-between border-line border-b bg-canvas/90 px-2 backdrop-blur-sm sm:px-6">
        <Link to={paths.home()} className={buttonClass({ tone: "quiet", size: "small" })}>
          <ArrowLeft aria-hidden="true" />
          Workspace
        </Link>
        <div className="flex items-center">
          <ThemeChoice />
          <AccountMenu me={me} opensDown />
        </div>
      </header>
      <main
        id="content"
        tabIndex={-1}
        className={classNames(
          "mx-auto grid grid-cols-1 gap-6 px-4 py-8 focus:outline-none sm:px-6",
          isWide ? "max-w-6xl" : "max-w-3xl",
        )}
      >
        {children}
      </main>
    </div>
  );
}
