// The front page: what this is in one sentence, what it looks like in a terminal, and why to believe it.
import { Box, Gauge, type LucideIcon, ScrollText } from "lucide-react";
import { ThemeChoice } from "~/app/frame/theme-choice";
import { Wordmark } from "~/app/frame/wordmark";
import { paths } from "~/app/paths";
import { LinkButton } from "~/app/ui/link-button";
import { Terminal } from "./terminal";

type Proof = { icon: LucideIcon; title: string; text: string };

const proofs: Proof[] = [
  {
    icon: Box,
    title: "Its own process",
    text: "Every deployment runs alone in a sandboxed workerd process: a loop, a memory hog or a crash leaves the neighbours untouched. Network only through a proxy that knows your allow-list.",
  },
  {
    icon: Gauge,
    title: "Measured at the gateway",
    text: "Requests and milliseconds are counted where the call passes, tokens come as reports signed per deployment. Each is counted once, whatever is retried.",
  },
  {
    icon: ScrollText,
    title: "Everything leaves an entry",
    text: "Deployments, secrets, keys, sign-ins: who, what, when, from where. Secrets are sealed on arrival and nobody reads them back.",
  },
];

export function Landing() {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="mx-auto flex h-16 w-full max-w-300 items-center justify-between px-4 sm:px-6">
        <Wordmark />
        <div className="flex items-center gap-1">
          <ThemeChoice />
          <LinkButton to={paths.signIn()} tone="quiet">
            Sign in
          </LinkButton>
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-300 flex-1 px-4 focus:outline-none sm:px-6">
        <Opening />
        <Proofs />
      </main>
      <footer className="mx-auto flex w-full max-w-300 flex-wrap justify-between gap-3 px-4 py-8 text-ink-3 text-sm sm:px-6">
        <p>webhost.systems, on your own machine or ours.</p>
        <a href="/v1/openapi.json" className="rounded underline-offset-4 hover:text-ink hover:underline">
          OpenAPI document
        </a>
      </footer>
    </div>
  );
}

function Opening() {
  return (
    <div className="grid items-center gap-x-16 gap-y-12 py-14 sm:py-20 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)]">
      <div>
        <h1 className="font-semibold text-4xl leading-[1.08] tracking-tight sm:text-5xl">
          Put your agent online and know what it does.
        </h1>
        <p className="mt-5 max-w-lg text-ink-2 text-lg leading-8">
          Upload a zip. It is checked, built, placed in its own sandbox, probed, and answers over one gateway: streamed, metered,
          audited.
        </p>
        <div className="mt-8 flex flex-wrap gap-3">
          <LinkButton to={paths.signUp()} tone="primary" size="large">
            Create an account
          </LinkButton>
          <LinkButton to={paths.signIn()} size="large">
            Sign in
          </LinkButton>
        </div>
      </div>
      <Terminal />
    </div>
  );
}

function Proofs() {
  return (
    <ul className="grid border-line border-t md:grid-cols-3 md:divide-x md:divide-line">
      {proofs.map(({ icon: Icon, title, text }) => (
        <li key={title} className="py-8 max-md:border-line max-md:border-b md:px-8 md:first:pl-0 md:last:pr-0">
          <Icon aria-hidden="true" className="size-5 text-accent" />
          <h2 className="mt-3 font-medium">{title}</h2>
          <p className="mt-1.5 text-ink-2 text-sm leading-6">{text}</p>
        </li>
      ))}
    </ul>
  );
}
