// The frame of pages at the threshold: sign up, sign in, verify, reset.
import { Link } from "@remix-run/react";
import type { ReactNode } from "react";
import { paths } from "~/app/paths";
import { ThemeChoice } from "./theme-choice";
import { Wordmark } from "./wordmark";

export function DoorFrame({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-16 items-center justify-between px-4 sm:px-6">
        <Link to={paths.home()} className="rounded" aria-label="webhost.systems, start">
          <Wordmark />
        </Link>
        <ThemeChoice />
      </header>
      <main
        id="content"
        tabIndex={-1}
        className="grid flex-1 place-items-start justify-center px-4 pt-[8dvh] pb-24 focus:outline-none"
      >
        <div className="w-[min(24rem,calc(100vw-2rem))]">{children}</div>
      </main>
    </div>
  );
}

/** Heading and sentence of such a page. */
export function DoorHeading({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="mb-6">
      <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
      {children ? <div className="mt-1.5 text-ink-2 leading-7 sm:text-[0.9375rem]">{children}</div> : null}
    </div>
  );
}
