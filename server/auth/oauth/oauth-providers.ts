// The providers of this installation, by what its configuration names.
import type { Config } from "~/server/config";
import type { Services } from "~/server/services";
import { createGithubProvider } from "./create-github-provider";
import { createOidcProvider } from "./create-oidc-provider";
import type { OfferedProvider, ProviderKey } from "./oauth.contract";
import { unknownProvider } from "./oauth-errors";
import type { OAuthProvider } from "./oauth-provider";

type ProviderNeeds = Pick<Services, "config" | "clock" | "log">;

/** One set for each process, so that what an issuer says about itself is remembered. */
const opened = new WeakMap<Config, ReadonlyMap<string, OAuthProvider>>();

/** Throws `NOT_FOUND` for a provider that is not offered here. */
export function findProvider(needs: ProviderNeeds, key: string): OAuthProvider {
  const provider = providersOf(needs).get(key);
  if (!provider) throw unknownProvider();
  return provider;
}

/** In the order of their buttons. */
export function offeredProviders(needs: ProviderNeeds): OfferedProvider[] {
  return [...providersOf(needs).values()].map(({ key, name }) => ({ key, name }));
}

/** What people call the provider whose identities are kept under `issuer`; the issuer itself when it is offered no more. */
export function providerNameOf(needs: ProviderNeeds, issuer: string): string {
  const offered = [...providersOf(needs).values()].find((provider) => provider.issuer === issuer);
  return offered?.name ?? new URL(issuer).host;
}

/** Registered at the provider, to the letter. */
export function redirectUriOf(config: Pick<Config, "publicUrl">, key: ProviderKey): string {
  return new URL(`/sign-in/with/${key}/callback`, config.publicUrl).href;
}

function providersOf(needs: ProviderNeeds): ReadonlyMap<string, OAuthProvider> {
  const known = opened.get(needs.config);
  if (known) return known;
  const providers = new Map(openProviders(needs).map((provider) => [provider.key, provider]));
  opened.set(needs.config, providers);
  return providers;
}

function openProviders(needs: ProviderNeeds): OAuthProvider[] {
  const { config } = needs;
  const { google, github, oidc } = config.signIn;
  const place = (key: ProviderKey) => ({ key, redirectUri: redirectUriOf(config, key), isProduction: config.isProduction });
  const providers: OAuthProvider[] = [];
  if (google) {
    providers.push(createOidcProvider({ ...place("google"), name: "Google", issuer: google.issuer, client: google }, needs));
  }
  if (github) providers.push(createGithubProvider({ ...place("github"), client: github, web: github.web, api: github.api }));
  if (oidc) providers.push(createOidcProvider({ ...place("oidc"), name: oidc.name, issuer: oidc.issuer, client: oidc }, needs));
  return providers;
}
