// What an OpenID Connect issuer says about itself, asked once and remembered for a while (OpenID Connect Discovery 1.0).
import { createRemoteJWKSet, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import type { Clock } from "~/server/clock";
import { isLoopbackUrl } from "~/server/loopback-url";
import { fetchJson, providerTimeoutMs } from "./fetch-json";

const Endpoint = z.url().transform((text) => new URL(text));
const Discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: Endpoint,
  token_endpoint: Endpoint,
  jwks_uri: Endpoint,
  userinfo_endpoint: Endpoint.optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});

export type Issuer = {
  issuer: string;
  authorizationEndpoint: URL;
  tokenEndpoint: URL;
  userinfoEndpoint: URL | null;
  /** It promises to name itself in every answer (RFC 9207). */
  namesItself: boolean;
  keys: JWTVerifyGetKey;
};

const rememberedMs = 10 * 60_000;
const keysAskedAgainAfterMs = 30_000;

/** Answers the issuer's own description; rejects when it is away or describes somebody else. */
export function discoverIssuer(address: URL, needs: { clock: Clock; isProduction: boolean }): () => Promise<Issuer> {
  let known: { issuer: Issuer; until: number } | null = null;
  return async () => {
    const now = needs.clock.now().getTime();
    if (known && now < known.until) return known.issuer;
    known = { issuer: await describe(address, needs.isProduction), until: now + rememberedMs };
    return known.issuer;
  };
}

async function describe(address: URL, isProduction: boolean): Promise<Issuer> {
  const expected = address.href.replace(/\/$/, "");
  const said = Discovery.parse(await fetchJson(new URL(`${expected}/.well-known/openid-configuration`)));
  if (said.issuer.replace(/\/$/, "") !== expected) throw new Error(`the discovery document of ${expected} names ${said.issuer}`);
  const endpoints = [said.authorization_endpoint, said.token_endpoint, said.jwks_uri, said.userinfo_endpoint];
  for (const endpoint of endpoints) {
    if (endpoint && !isSafe(endpoint, isProduction)) throw new Error(`${endpoint.href} is not reached over TLS`);
  }
  return {
    issuer: said.issuer,
    authorizationEndpoint: said.authorization_endpoint,
    tokenEndpoint: said.token_endpoint,
    userinfoEndpoint: said.userinfo_endpoint ?? null,
    namesItself: said.authorization_response_iss_parameter_supported ?? false,
    keys: createRemoteJWKSet(said.jwks_uri, { timeoutDuration: providerTimeoutMs, cooldownDuration: keysAskedAgainAfterMs }),
  };
}

function isSafe(endpoint: URL, isProduction: boolean): boolean {
  return endpoint.protocol === "https:" || (!isProduction && endpoint.protocol === "http:" && isLoopbackUrl(endpoint));
}
