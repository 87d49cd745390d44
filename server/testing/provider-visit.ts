// A browser that goes to a provider and comes back, as tests of such sign-ins need one.

// As in the web process: whichever undici is there first, the package's or Node's own, carries what the global fetch sends.
import "undici";
import { beginProviderSignIn } from "~/server/accounts/begin-provider-sign-in";
import type { Caller } from "~/server/accounts/begin-session";
import { finishProviderSignIn, type Returned } from "~/server/accounts/finish-provider-sign-in";
import { redirectUriOf } from "~/server/auth/oauth/oauth-providers";
import type { OidcStandIn } from "./oidc-stand-in";
import { browser, cookieOf } from "./test-browser";
import type { TestServices } from "./test-services";

export type Visit = { key?: string; caller?: Caller; connects?: string };

/** What the browser comes back with; `act` does at the provider what the person does. */
export type Return = { input: Parameters<typeof finishProviderSignIn>[2]; cookieHeader: string };

export async function goToProvider(
  services: TestServices,
  act: (location: string) => Promise<URL>,
  { key = "oidc", caller = browser, connects }: Visit = {},
): Promise<Return> {
  const wish = { provider: key, to: "/account" };
  const { location, setCookie } = await beginProviderSignIn(services, caller, wish, connects ?? null);
  const back = await act(location);
  if (!back.href.startsWith(redirectUriOf(services.config, key as "oidc"))) throw new Error(`sent back to ${back.href}`);
  const said = (name: string) => back.searchParams.get(name);
  const input = { provider: key, state: said("state"), code: said("code"), error: said("error"), iss: said("iss") };
  return { input, cookieHeader: cookieOf(setCookie) };
}

export function comeBack(services: TestServices, { input, cookieHeader }: Return, caller: Caller = browser): Promise<Returned> {
  return finishProviderSignIn(services, { ...caller, cookieHeader }, input);
}

/** There and back, as the person of `login`. */
export async function visitAs(
  services: TestServices,
  provider: OidcStandIn,
  login: string,
  visit: Visit = {},
): Promise<Returned> {
  const returned = await goToProvider(services, (location) => provider.signInAs(location, login), visit);
  return comeBack(services, returned, visit.caller);
}
