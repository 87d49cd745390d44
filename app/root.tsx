// The document around every page: theme from a cookie, fonts of our own, nonces on every script, and the last resort for errors.

import geistUrl from "@fontsource-variable/geist/files/geist-latin-wght-normal.woff2?url";
import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useRouteLoaderData } from "@remix-run/react";
import type { ReactNode } from "react";
import { StatusScreen, statusTitle } from "./frame/status-screen";
import { pageTitle } from "./page-title";
import styles from "./styles.css?url";
import { themeOf } from "./theme";
import { ProgressLine } from "./ui/progress-line";

export const links: LinksFunction = () => [
  { rel: "preload", href: geistUrl, as: "font", type: "font/woff2", crossOrigin: "anonymous" },
  { rel: "stylesheet", href: styles },
  { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
];

export const meta: MetaFunction = ({ error }) => pageTitle(error ? statusTitle(error) : undefined);

export function loader({ request, context }: LoaderFunctionArgs) {
  return {
    theme: themeOf(request.headers.get("cookie")),
    csrfToken: context.csrfToken,
    formKey: context.formKey,
    nonce: context.cspNonce,
    holdsLetters: context.holdsLetters,
    origin: new URL(request.url).origin,
  };
}

export function Layout({ children }: { children: ReactNode }) {
  const root = useRouteLoaderData<typeof loader>("root");
  // A browser hides nonces from scripts, so the two sides never agree on the attribute: only the server writes it.
  const nonce = typeof document === "undefined" ? root?.nonce : undefined;
  return (
    <html lang="en" data-theme={root?.theme ?? "system"}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          name="description"
          content="One place to host AI agents: upload a zip, watch it go live, call it, see what it costs."
        />
        <Meta />
        <Links />
      </head>
      <body>
        <a
          href="#content"
          className="sr-only z-60 rounded-md bg-ink px-3 py-2 text-on-ink text-sm focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          Skip to content
        </a>
        <ProgressLine />
        {children}
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

export default function Root() {
  return <Outlet />;
}

export function ErrorBoundary() {
  return <StatusScreen isWholePage />;
}
