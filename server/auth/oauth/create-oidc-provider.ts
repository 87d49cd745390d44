// Google and any other OpenID Connect issuer: one way to ask, by what the issuer says about itself.
import { CodeChallengeMethod, OAuth2Client, type OAuth2Tokens } from "arctic";
import { errors as joseErrors } from "jose";
import type { Clock } from "~/server/clock";
import type { OAuthClient } from "~/server/config-groups";
import type { Log } from "~/server/log";
import { discoverIssuer, type Issuer } from "./discover-issuer";
import { exchangeCode } from "./exchange-code";
import { fetchJson } from "./fetch-json";
import type { ProviderKey } from "./oauth.contract";
import { answerNotGenuine, exchangeFailed, providerFailed } from "./oauth-errors";
import type { ExternalPerson, OAuthProvider, Proofs } from "./oauth-provider";
import { type Claims, readClaims, verifyIdToken } from "./verify-id-token";

export type OidcPlace = {
  key: ProviderKey;
  name: string;
  issuer: URL;
  client: OAuthClient;
  redirectUri: string;
  isProduction: boolean;
};

const scopes = ["openid", "email", "profile"];

export function createOidcProvider(place: OidcPlace, needs: { clock: Clock; log: Log }): OAuthProvider {
  const { name, client, redirectUri } = place;
  const discover = discoverIssuer(place.issuer, { clock: needs.clock, isProduction: place.isProduction });
  const failing = <Answer>(answer: Promise<Answer>) => answer.catch((cause) => Promise.reject(providerFailed(name, cause)));
  return {
    key: place.key,
    name,
    issuer: place.issuer.href.replace(/\/$/, ""),
    async authorizationUrl({ state, nonce, verifier }) {
      const { authorizationEndpoint } = await failing(discover());
      const oauth = new OAuth2Client(client.clientId, null, redirectUri);
      const [endpoint, method] = [authorizationEndpoint.href, CodeChallengeMethod.S256];
      const url = oauth.createAuthorizationURLWithPKCE(endpoint, state, method, verifier, scopes);
      url.searchParams.set("nonce", nonce);
      return url;
    },
    async identify(answer, proofs) {
      const issuer = await failing(discover());
      if (answer.iss === null ? issuer.namesItself : answer.iss !== issuer.issuer)
        throw answerNotGenuine(name, new Error("the answer names another issuer"));
      const exchange = { endpoint: issuer.tokenEndpoint, client, redirectUri, code: answer.code, verifier: proofs.verifier };
      const tokens = await exchangeCode(exchange).catch((cause) => Promise.reject(exchangeFailed(name, cause)));
      const claims = await verified(needs, place, issuer, { tokens, proofs });
      return toPerson(claims.email === undefined ? await failing(askFurther(issuer, tokens, claims)) : claims);
    },
  };
}

async function verified(
  needs: { clock: Clock },
  { name, client }: OidcPlace,
  issuer: Issuer,
  { tokens, proofs }: { tokens: OAuth2Tokens; proofs: Proofs },
): Promise<Claims> {
  try {
    return await verifyIdToken(needs, issuer, tokens.idToken(), { clientId: client.clientId, nonce: proofs.nonce });
  } catch (cause) {
    // The keys could not be fetched: nobody forged anything.
    if (cause instanceof joseErrors.JWKSTimeout || cause instanceof TypeError) throw providerFailed(name, cause);
    throw answerNotGenuine(name, cause);
  }
}

/** Many issuers tell the address only there (OpenID Connect Core 5.4). It must speak of the same person (5.3.2). */
async function askFurther(issuer: Issuer, tokens: OAuth2Tokens, claims: Claims): Promise<Claims> {
  if (!issuer.userinfoEndpoint) return claims;
  const authorization = `Bearer ${tokens.accessToken()}`;
  const told = readClaims(await fetchJson(issuer.userinfoEndpoint, { authorization }));
  if (told.sub !== claims.sub) throw new Error("the user info is about another person");
  return { ...claims, ...told };
}

function toPerson(claims: Claims): ExternalPerson {
  return {
    subject: claims.sub,
    email: claims.email ?? null,
    isEmailVerified: claims.email_verified === true,
    displayName: claims.name ?? null,
  };
}
